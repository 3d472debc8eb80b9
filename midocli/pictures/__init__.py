"""Pictures of the virtual network: one model, and a renderer for each form.

Renderers know the model and nothing of the store; each is a function from a picture to text.
"""
