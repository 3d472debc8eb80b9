"""The frames that `inject` puts in: one in hex, or those of a capture file with their times."""

from __future__ import annotations

from typing import NamedTuple

from grammar import tree
from grammar.addresses import mac_number
from grammar.errors import FileError, InvalidValueError, RefusedError
from midocli.context.context import Context
from midocli.probes.points import Point
from midocli.probes.senders import guest_at, router_behind
from midocli.store.rows import Row

_SHORTEST = 14
_IPV4 = b"\x08\x00"


class Replay(NamedTuple):
    """Frames and when each is due, in nanoseconds after the first."""

    frames: list[bytes]
    due: list[int]


def frames_of(context: Context, given: dict[str, tree.Setting], column: int) -> Replay:
    """The frames to inject, each of at least 14 bytes; MidoError where there are none."""
    frame, file = given.get("frame"), given.get("file")
    if (frame is None) == (file is None):
        raise RefusedError("inject takes frame HEX or file FILE, one of them", None, column)
    if frame is not None:
        for name in ("speed", "rewrite-mac"):
            if name in given:
                raise RefusedError(f"{name} goes with file FILE", None, given[name].column)
        replay, at = Replay([frame.value], [0]), frame.column
    else:
        assert file is not None
        replay, at = _read(context, tree.Argument(file.text, file.column)), file.column
    for number, data in enumerate(replay.frames, 1):
        if len(data) < _SHORTEST:
            raise InvalidValueError(
                f"frame {number} has {len(data)} bytes; an Ethernet frame has {_SHORTEST} at least",
                at,
            )
    return replay


def _read(context: Context, file: tree.Argument) -> Replay:
    """All frames of a capture file; FileError where it is none, or not whole."""
    from midocli.trace.capture_reader import CaptureFileError, open_capture
    from midocli.trace.link_types import ETHERNET, link_type_name

    with context.files.open(file) as stream:
        try:
            capture = open_capture(stream)
            if capture.link_type != ETHERNET:
                name = link_type_name(capture.link_type)
                raise CaptureFileError(f"its link type is {name}, not EN10MB (Ethernet)")
            read = list(capture.frames)
        except (CaptureFileError, OSError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise FileError(f"cannot read {file.text[:200]}: {why}", file.column) from None
    first = read[0].time_ns if read else 0
    return Replay([each.data for each in read], [each.time_ns - first for each in read])


class NewMacs:
    """Gives frames recorded elsewhere the MACs that this network expects at a point.

    They come from the guest at the point, where there is one. What is for one machine
    goes to the guest on the link that has the destination address, else to the router
    behind the point.
    """

    def __init__(self, context: Context, point: Point) -> None:
        self._context = context
        guest = guest_at(context, point)
        self._source = _octets(guest) if guest is not None else None
        self._router = router_behind(context, point.port) if point.port is not None else None

    def rewritten(self, data: bytes) -> bytes:
        """A frame with its new MACs; those nobody here has an idea of stay as they are."""
        source = self._source or data[6:12]
        if data[0] & 1:
            return data[:6] + source + data[12:]
        target = data[:6]
        if self._router is not None:
            target = _octets(self._router)
        address = int.from_bytes(data[30:34], "big") if data[12:14] == _IPV4 else None
        neighbour = self._neighbour(address) if address is not None else None
        return (_octets(neighbour) if neighbour is not None else target) + source + data[12:]

    def _neighbour(self, address: int) -> Row | None:
        """The guest, or its nic, that has an address on the link behind the point."""
        net = self._router.get("net") if self._router is not None else None
        if net is not None and (address ^ net.address) & net.mask:
            return None
        for guest in self._context.store.rows("guest"):
            nics: list[Row] = [guest, *(guest.siblings("guest.nic") or ())]
            for nic in nics:
                if any(each.address == address for each in nic.get("address") or ()):
                    return nic
        return None


def _octets(row: Row) -> bytes:
    return mac_number(row.get("mac")).to_bytes(6, "big")
