"""Pictures: well-formed in every form, the same every time, bounded, and with the way marked."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picturelab import LAB, made, pictured, pictures

import grammar
from grammar.errors import MidoError
from midocli.commands.dispatch import run as carried_out
from midocli.pictures.dot import as_dot
from midocli.pictures.forest import bounded, forest_of
from midocli.pictures.mermaid import as_mermaid
from midocli.pictures.model import End, Link, Node, Picture
from midocli.pictures.svg import as_svg
from midocli.pictures.text import as_text
from midocli.pictures.way import Mark, Way

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SVG = "{http://www.w3.org/2000/svg}"


def test_the_model_has_boxes_links_and_what_filters() -> None:
    picture = pictured(LAB)
    assert list(picture.nodes) == ["router0", "bridge0", "guest0"]
    assert picture.nodes["router0"].notes == ('infilter chain0 <no> & "pings"',)
    ends = [(link.near.port, link.far and link.far.port) for link in picture.links]
    assert ends == [
        ("router0:port0", "bridge0:port0"),
        ("router0:port1", None),
        ("bridge0:port1", "host0:tap1"),
    ]
    assert picture.links[0].near.label == "port0 10.0.1.1/24"


@UNHURRIED
@given(pictures())
def test_every_box_and_link_is_in_the_text_once(picture: Picture) -> None:
    text = as_text(picture)
    assert sum(line.count(corner) for line in text.splitlines() for corner in "┌") == len(
        picture.nodes
    )
    assert text == as_text(picture)


@UNHURRIED
@given(pictures())
def test_a_forest_reaches_each_box_once(picture: Picture) -> None:
    forest = forest_of(picture)
    hung = [
        branch.link.far.node
        for branches in forest.branches.values()
        for branch in branches
        if branch.holds and branch.link.far is not None
    ]
    assert sorted([*hung, *forest.roots]) == sorted(picture.nodes)


@UNHURRIED
@given(pictures(), st.integers(0, 6), st.integers(0, 2))
def test_a_bounded_picture_says_what_it_leaves_out(
    picture: Picture, most: int, leaves: int
) -> None:
    small = bounded(picture, most, leaves)
    assert len(small.nodes) <= most
    counted = len(small.nodes) + small.left_out + sum(small.left_out_at.values())
    assert counted == len(picture.nodes)
    keep = set(picture.nodes)
    assert bounded(picture, most, leaves, keep).nodes == picture.nodes


@UNHURRIED
@given(pictures())
def test_svg_is_well_formed_with_a_box_and_a_line_for_each(picture: Picture) -> None:
    root = ElementTree.fromstring(as_svg(picture))
    assert root.tag == f"{SVG}svg"
    assert len(root.findall(f"{SVG}g")) == len(picture.nodes)
    assert len(root.findall(f"{SVG}path")) == sum(link.far is not None for link in picture.links)
    assert root.findtext(f"{SVG}title") == "The virtual network"


@UNHURRIED
@given(pictures())
def test_boxes_of_an_svg_do_not_overlap(picture: Picture) -> None:
    root = ElementTree.fromstring(as_svg(picture))
    places = []
    for rect in root.findall(f"{SVG}g/{SVG}rect"):
        x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        places.append((x, y, x + width, y + height))
    for number, (left, top, right, bottom) in enumerate(places):
        for other in places[:number]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_the_dot_form() -> None:
    awkward = 'router create name "back\\\\slash \\"quotes\\" \\\\N {a|b} <c> &lt;"\n'
    done = subprocess.run(
        ["dot", "-Tsvg"],
        input=as_dot(pictured(LAB, awkward)).encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    root = ElementTree.fromstring(done.stdout)
    words = "\n".join(text for each in root.iter(f"{SVG}text") for text in each.itertext())
    assert 'back\\slash "quotes" \\N {a|b} <c> &lt;' in words
    assert len([g for g in root.iter(f"{SVG}g") if g.get("class") == "edge"]) == 2


@UNHURRIED
@given(pictures())
def test_dot_has_a_line_for_each_box_and_link(picture: Picture) -> None:
    lines = as_dot(picture).splitlines()
    assert lines[0] == "graph topology {"
    assert lines[-1] == "}"
    strings = re.compile(r'"(?:[^"\\]|\\.)*"')
    bare = [strings.sub("S", line).strip() for line in lines[4:-1]]
    assert bare.count("S [label=S fillcolor=S];") == len(picture.nodes)
    assert bare.count("S -- S [label=S];") == len(bare) - len(picture.nodes)


@UNHURRIED
@given(pictures())
def test_mermaid_has_a_line_for_each_box_and_link_and_no_stray_words(picture: Picture) -> None:
    lines = as_mermaid(picture).splitlines()
    boxes = [line for line in lines if re.search(r":::\w+$", line)]
    links = [line for line in lines if re.fullmatch(r'  n\d+ ---\|"[^"|]*"\| n\d+', line)]
    assert len(boxes) == len(picture.nodes)
    assert len(links) == sum(link.far is not None for link in picture.links)
    assert all(re.fullmatch(r'  n\d+(\{\{|\(|\[)"[^"]*"(\}\}|\)|\]):::\w+', box) for box in boxes)
    assert len(lines) == 1 + len(boxes) + len(links) + 3


def test_a_way_is_heavy_only_where_it_went() -> None:
    picture = pictured(LAB)
    way = Way(frozenset({"guest0", "host0:tap1", "bridge0:port1", "bridge0"}), ())
    text = as_text(picture, way)
    assert "┃ guest0 alice" in text
    assert "│ router0 r" in text
    assert "━━ host0:tap1" in text
    assert "── bridge0:port0" in text
    root = ElementTree.fromstring(as_svg(picture, way))
    kinds = [path.get("class") for path in root.findall(f"{SVG}path")]
    assert kinds == ["link", "link passed"]


def test_a_mark_at_a_port_stands_in_its_box_and_one_of_no_place_below() -> None:
    marks = (("bridge0:port1", Mark("✗", "admin-down: down")), ("gone", Mark("✗", "lost")))
    lines = as_text(pictured(LAB), Way(frozenset({"bridge0"}), marks)).splitlines()
    assert any("✗ admin-down: down" in line and "┃" in line for line in lines)
    assert "✗ lost" in lines


def test_a_way_is_marked_in_every_form() -> None:
    way = Way(
        frozenset({"guest0", "host0:tap1", "bridge0:port1", "bridge0"}),
        (("bridge0:port1", Mark("✗", "admin-down: it is down")),),
    )
    dot, mermaid = as_dot(pictured(LAB), way), as_mermaid(pictured(LAB), way)
    assert dot.count('penwidth="3"') == 3  # the link and its two boxes
    assert re.search(r'"bridge0" \[label="bridge0 left\\n✗ admin-down: it is down', dot)
    assert "✗ admin-down#58; it is down" not in mermaid
    assert "✗ admin-down: it is down" in mermaid
    assert mermaid.count("===|") == 1
    assert mermaid.endswith("  class n1,n2 passed\n")


def test_a_name_cannot_make_mermaid_misread_what_is_escaped() -> None:
    """Mermaid drops the last semicolon of `style…:#…;`, which it takes for a colour."""
    assert "style#58;#60;b#62;" in as_mermaid(pictured("router create name style:<b>"))


@pytest.mark.parametrize("form", ["svg", "dot", "mmd"])
def test_a_probe_draws_into_a_file_instead(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"way.{form}"
    context = made(LAB)
    command = grammar.parse(f"ping alice 10.0.1.1 id 1 capture none draw {file} explain")
    assert command is not None
    result = carried_out(context, command)
    text = result.text()
    assert "\nwalk " in text
    assert "┏" not in text
    assert "picture" not in result.document()
    assert "✓ accepts the echo request" in file.read_text()


@pytest.mark.parametrize("width", [20, 33, 80])
def test_a_long_chain_is_drawn_in_trees_that_fit(width: int) -> None:
    ring = ["router create", "router router0 add port address 10.0.0.1"]
    for number in range(1, 50):
        ring += [
            "router create",
            f"router router{number} add port address 10.0.0.1",
            f"router router{number} add port address 10.0.0.2 peer router{number - 1}:port0",
        ]
    text = as_text(pictured(*ring), width=width)
    assert max(map(len, text.splitlines())) <= width
    boxes = re.findall(r"[│┃] (router\d+) +[│┃]$", text, re.MULTILINE)
    assert sorted(boxes) == sorted(f"router{number}" for number in range(50))


@pytest.mark.parametrize("name", ["net.svg", "net.dot", "net.mmd", "NET.SVG"])
def test_files_are_the_same_every_time(tmp_path: Path, name: str) -> None:
    files = []
    for run in ("one", "two"):
        folder = tmp_path / run
        folder.mkdir()
        made(LAB, f"show topology write {folder / name}")
        files.append((folder / name).read_bytes())
    assert files[0] == files[1]
    assert files[0]


@pytest.mark.parametrize("name", ["net.png", "net", "svg", ".svgz"])
def test_another_ending_is_refused_at_its_column(name: str) -> None:
    with pytest.raises(MidoError) as error:
        grammar.parse(f"show topology write {name}")
    assert error.value.column == 21
    assert error.value.expected == (".svg", ".dot", ".mmd")


def test_of_many_boxes_those_near_the_way_are_drawn() -> None:
    guests = "\n".join(
        f"bridge left add port\nhost rack1 add binding port bridge0:port{n + 2} interface eth{n}\n"
        f"guest create name g{n} interface eth{n}\nrouter create name r{n}"
        for n in range(80)
    )
    picture = pictured(LAB, guests)
    text = as_text(picture)
    assert "guest80 g79" not in text
    assert "… and 69 more" in text  # of 81 guests at the bridge
    drawn = as_text(picture, Way(frozenset({"guest80", "bridge0:port81"}), ()))
    assert "guest80 g79" in drawn
    assert "guest0 alice" in drawn
    assert drawn.index("guest80") < drawn.index("router5 ")


def test_of_a_flood_the_ends_are_drawn_and_some_others() -> None:
    guests = "\n".join(
        f"bridge left add port\nhost rack1 add binding port bridge0:port{n + 2} interface eth{n}\n"
        f"guest create name g{n} interface eth{n} address 10.0.1.{n + 20}/24"
        for n in range(80)
    )
    context = made(LAB, guests)
    frame = "0200000000990200000000770800" + "00" * 46
    inject = grammar.parse(f"inject eth70 frame {frame} capture none draw")
    assert inject is not None
    text = carried_out(context, inject).text()
    assert text.count("━━ host0:") == 12 + 1  # the one where the first copy ended always is
    assert "… and 68 more" in text


def test_a_long_chain_of_routers_is_no_trouble() -> None:
    count = 300
    nodes = {f"router{n}": Node(f"router{n}", "router", f"router{n}") for n in range(count)}
    links = tuple(
        Link(
            End(f"router{n}", f"router{n}:port1", "port1"),
            End(f"router{n + 1}", f"router{n + 1}:port0", "port0"),
        )
        for n in range(count - 1)
    )
    picture = Picture(nodes, links)
    assert as_text(picture).splitlines()[-1] == "… and 240 more"
    ElementTree.fromstring(as_svg(picture))


def test_words_of_pictures_are_offered_where_they_belong() -> None:
    def words(line: str) -> set[str]:
        expected = grammar.expected(line, len(line))
        return {word for each in expected for word in each.words}

    assert "topology" in words("show ")
    assert "topology" not in words("")
    assert "topology" not in words("delete ")
    assert "write" in words("show topology ")
    assert {"draw", "report"} <= words("ping alice 10.0.0.1 ")
    file = "show topology write "
    assert [each.target for each in grammar.expected(file, len(file))] == ["file"]
