"""What the menu offers and the hint says, for each kind of position of the cursor."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.document import Document
from sessions import scripts
from worlds import World

from grammar.words import unquote
from midocli.shell.completer import CommandCompleter
from midocli.shell.cursor import at_cursor, last_command, quoted
from midocli.shell.hint import Hint, hint
from midocli.shell.question import explain
from midocli.shell.ranking import fit


@pytest.fixture(scope="module")
def world() -> World:
    return World(
        "demo",
        'router create name "my router"',
        'bridge create name "it\'s"',
        "bridge test add dhcp subnet 192.168.78.0/24",
        "tenant create tenant-id blue",
        "host create name rack2",
        "host rack2 add interface iface veth0",
        "host rack2 add interface iface tap7",
    )


def completions(world: World, line: str) -> list[Completion]:
    completer = CommandCompleter(world.context)
    return list(completer.get_completions(Document(line), CompleteEvent()))


def lines(world: World, line: str) -> list[str]:
    """The line as it would be with each word of the menu taken."""
    return [
        line[: len(line) + each.start_position] + each.text for each in completions(world, line)
    ]


def shown(world: World, line: str) -> list[str]:
    """The words of the menu as it shows them."""
    return [each.display_text for each in completions(world, line)]


# -- objects, names and addresses --------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "some", "none"),
    [
        ("ping ", {"client", "vm", "guest0", "host0:veth0", "router0:port0"}, {"router0"}),
        ("ping tap", {"tap7", "tape239f31e-63"}, {"host1:tap7"}),
        ("ping ve", {"host0:veth0", "host1:veth0"}, {"veth0"}),
        ("ping host1:", {"host1:veth0", "host1:tap7"}, {"host0:veth0"}),
        ("ping client ", {"vm", "192.168.77.119", "192.168.78.1", "192.168.79.119"}, {"veth0"}),
        ("ping client 192.168.78.", {"192.168.78.9", "192.168.78.1"}, {"192.168.77.1"}),
        ("traceroute client ", {"vm", "192.168.77.119"}, {"count"}),
        ("arping client 192.168.78", {"192.168.78.1"}, set()),
        ("connect client tcp ", {"vm", "192.168.77.119"}, set()),
        ("connect client ", {"tcp", "udp"}, {"vm"}),
        ("guest client ping ", {"vm", "192.168.77.119"}, set()),
        ("expect not ping client ", {"vm", "192.168.77.119"}, set()),
        ("dhcp ", {"client", "guest0"}, {"veth0"}),
        ("inject ", {"tap7", "bridge0:port10"}, {"client"}),
        ("tcpdump ", {"read", "any", "all", "tap7", "router0:port1"}, {"none", "client"}),
        ("ping client vm capture ", {"all", "none", "any", "tap7"}, {"client"}),
        ("router ", {"router0", "tr", "my router"}, {"bridge0"}),
        ("delete router ", {"router0", "tr"}, {"list"}),
        ("router tr port ", {"port0", "port1"}, {"port2", "router0:port0"}),
        ("router0:p", {"router0:port0", "router0:port1"}, {"router1:port0"}),
        ("port tr:", {"tr:port0", "tr:port1"}, {"router0:port0"}),
        ("bridge test add port peer ", {"router0:port0", "bridge1:port1"}, {"chain0"}),
        ("router tr set infilter ", {"chain0", "dnat-test"}, {"router0"}),
        ("host host0 interface ", {"veth0", "tape239f31e-63"}, {"tap7"}),
        ("host host1 add binding port bridge0:port2 interface ", {"veth0", "tap7"}, {"tape"}),
        ("guest create interface ", {"host0:veth0", "host1:tap7"}, {"tap7"}),
        ("bridge test dhcp ", {"192.168.78.0/24"}, set()),
        ("sett ", {"blue"}, set()),
        ("router list name ", {"tr", "my router"}, {"internal"}),
        ("bridge internal port list infilter ", {"chain20"}, set()),
        ("router tr route dst ", {"192.168.77.0/24"}, set()),
    ],
)
def test_what_there_is(world: World, line: str, some: set[str], none: set[str]) -> None:
    found = shown(world, line)
    assert some <= {*found}
    assert not none & {*found}
    assert len(found) == len({*found})


def test_what_is_offered_says_what_it_is(world: World) -> None:
    (only,) = completions(world, "ping client 192.168.79.")
    assert only.display_meta_text == "translated by chain0:rule0"
    (only,) = completions(world, "ping client 192.168.77.119")
    assert only.display_meta_text == "of vm"


# -- words, fields and options -----------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "some", "none"),
    [
        ("ping client vm count 1 ", {"size", "quiet"}, {"count"}),
        ("ping client vm quiet explain ", {"count"}, {"quiet", "explain"}),
        ("ping client vm df ", {"want", "do", "dont"}, {"count"}),
        ("tcpdump any count 1 ", {"flags", "filter", "write", "quiet"}, {"count", "size"}),
        ("tcpdump read x.pcap ", {"flags", "filter", "count"}, {"write"}),
        ("router tr set name x ", {"state", "infilter"}, {"name", "id"}),
        ("router tr clear infilter ", {"outfilter"}, {"infilter", "name"}),
        ("router list name tr ", {"state"}, {"name"}),
        ("router tr set state ", {"up", "down"}, {"name"}),
        ("chain chain0 add rule type ", {"accept", "dnat"}, {"type"}),
        ("host host0 binding interface veth0 ", {"show", "delete"}, {"set", "clear"}),
        ("prefs ", {"reset", "key-mode", "flags"}, {"on"}),
        ("prefs key-mode ", {"emacs", "vi"}, {"hint"}),
        ("prefs key-mode vi hint ", {"on", "off"}, {"key-mode"}),
        ("router tr ad", {"add"}, {"create"}),
        ("exi", {"exit"}, {"quit"}),
        ("router tr ", {"create"}, {"add"}),
        ("guest client ip ", {"addr", "route", "neigh"}, {"show"}),
        ("guest client brctl ", {"show"}, {"addr"}),
        ("guest client ip addr ", {"as"}, {"addr"}),
        ("router list as ", {"table", "json", "yaml", "csv", "commands"}, {"name"}),
        ("help chain ru", {"rule"}, set()),
        ("format ", {"text", "json"}, {"as"}),
        ("clock ", {"set", "advance"}, set()),
        ("expect ", {"not", "ping", "router"}, {"expect"}),
    ],
)
def test_words_and_fields(world: World, line: str, some: set[str], none: set[str]) -> None:
    found = {*shown(world, line)}
    assert some <= found
    assert not none & found


@pytest.mark.parametrize("line", ["ping client vm ", "router list ", "clock ", "router tr show "])
def test_the_form_of_a_result_is_offered_last(world: World, line: str) -> None:
    assert shown(world, line)[-1] == "as"


def test_what_create_needs_comes_first_and_says_so(world: World) -> None:
    first = completions(world, "chain chain0 add rule ")[0]
    assert first.display_text == "type"
    assert "(required; " in first.display_meta_text
    assert shown(world, "host host0 add binding ")[:2] == ["interface", "port"]


@pytest.mark.parametrize(
    "line",
    [
        "# foo",
        "router list # ro",
        "  # ping ",
        "router list\n# pi",
        "echo x #",
        "quit ",
        "router tr\\",
    ],
)
def test_nothing_is_offered_in_a_comment_or_where_nothing_may_stand(
    world: World, line: str
) -> None:
    assert shown(world, line) == []


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("router list\nbridge tes", ["test"]),
        ("router list\n", None),
        ("router tr \\\nsh", ["show"]),
        ("# a comment \\\nping cli", ["client"]),
    ],
)
def test_only_the_last_command_counts(world: World, text: str, offered: list[str] | None) -> None:
    assert shown(world, text) == (shown(world, "") if offered is None else offered)


# -- quotes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("router my", "router 'my router'"),
        ('router "my', 'router "my router"'),
        ('router "my ro', 'router "my router"'),
        ("router 'my ro", "router 'my router'"),
        ("router my\\ r", "router 'my router'"),
        ('bridge "it', 'bridge "it\'s"'),
        ("bridge it", 'bridge "it\'s"'),
        ("bridge 'it", "bridge 'it'\"'\"'s'"),
    ],
)
def test_names_are_quoted_where_they_need_it(world: World, line: str, completed: str) -> None:
    assert lines(world, line) == [completed]


def test_a_word_whose_quote_is_closed_is_finished(world: World) -> None:
    assert lines(world, 'router "my router"') == []


@given(st.text(min_size=1), st.sampled_from(["", "'", '"', "$'"]))
def test_a_quoted_word_means_its_text(text: str, quote: str) -> None:
    word = quoted(text, quote)
    assert word.isprintable()
    assert quote == "$'" or not text.isprintable() or shlex.split(word) == [text]
    assert unquote(word) == text
    found = at_cursor(f"router {quoted(text, quote, closed=False)}")
    assert found is not None
    assert (found.before, found.typed) == ("router ", text)


@pytest.mark.parametrize(
    ("line", "start", "typed", "quote"),
    [
        ("", 0, "", ""),
        ("router ", 7, "", ""),
        ("router tr", 7, "tr", ""),
        ("router 'my ro", 7, "my ro", "'"),
        ('router a"b c', 7, "ab c", '"'),
        ("router 'a'\"b \\\" c", 7, 'ab " c', '"'),
        ("router a\\ b", 7, "a b", ""),
        ("ping x#y", 5, "x#y", ""),
    ],
)
def test_the_word_at_the_cursor(line: str, start: int, typed: str, quote: str) -> None:
    word = at_cursor(line)
    assert word is not None
    assert (len(word.before), word.typed, word.quote) == (start, typed, quote)


def test_the_last_command_of_a_text() -> None:
    assert last_command("a\nb c") == "b c"
    assert last_command("a\n") == ""
    assert last_command("a \\\nb") == "a  \nb"
    assert last_command("") == ""


# -- lists, filters and flags ------------------------------------------------------------


def test_items_of_a_list_are_offered_once(world: World) -> None:
    line = "ping client vm capture router0:port0,"
    assert "router0:port1" in shown(world, line)
    assert not {"router0:port0", "all", "none"} & {*shown(world, line)}
    assert lines(world, f"{line}router0:") == [f"{line}router0:port1"]
    assert lines(world, "tcpdump tap7,tape") == ["tcpdump tap7,tape239f31e-63"]
    rule = "chain chain0 add rule in-ports "
    assert lines(world, f"{rule}router0:port0,router0:") == [f"{rule}router0:port0,router0:port1"]


def test_a_condition_may_be_negated(world: World) -> None:
    rule = "chain chain0 add rule in-ports !router0:"
    assert lines(world, rule) == [f"{rule}port0", f"{rule}port1"]


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("tcpdump any filter ic", 'tcpdump any filter "icmp'),
        ('tcpdump any filter "arp or ic', 'tcpdump any filter "arp or icmp'),
        ('ping client vm filter "(ic', 'ping client vm filter "(icmp'),
        ("ping client vm filter 'arp", "ping client vm filter 'arp"),
        ('tcpdump any filter "host 192.168.79', 'tcpdump any filter "host 192.168.79.119'),
        ('tcpdump any flags "-n -S', 'tcpdump any flags "-n -S'),
        ("prefs flags -tttt", 'prefs flags "-tttt'),
    ],
)
def test_words_inside_quotes_leave_them_open(world: World, line: str, completed: str) -> None:
    assert completed in lines(world, line)


def test_flags_are_offered_once(world: World) -> None:
    found = {*shown(world, 'tcpdump any flags "-n -')}
    assert {"-e", "-X"} <= found
    assert "-n" not in found


# -- files -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, which is home as well."""
    for name in ("lab.mido", "my lab.mido", "x.pcap", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "in here").mkdir()
    (tmp_path / "in here" / "deep.mido").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        "source ",
        "save ",
        "tcpdump read ",
        "tcpdump any write ",
        "ping client vm write ",
        "ping client vm report ",
        "inject tap7 file ",
        "show topology write ",
    ],
)
def test_files_where_a_command_takes_one(world: World, folder: Path, command: str) -> None:
    assert shown(world, command) == ["in here/", "lab.mido", "my lab.mido", "x.pcap"]


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("source la", ["source lab.mido"]),
        ("source my", ["source 'my lab.mido'"]),
        ('source "my l', ['source "my lab.mido"']),
        ("source in", ["source 'in here/"]),
        ("source 'in here/", ["source 'in here/deep.mido'"]),
        ("source .", ["source .hidden"]),
        ("source ~", ["source ~/"]),
        ("source ~/l", ["source ~/lab.mido"]),
        ("source lbm", ["source lab.mido", "source 'my lab.mido'"]),
        ("source nowhere/x", []),
        ("source lab.mido/", []),
    ],
)
def test_names_of_files(world: World, folder: Path, line: str, completed: list[str]) -> None:
    assert lines(world, line) == completed


# -- what is near ------------------------------------------------------------------------


def test_the_closest_letters_come_first(world: World) -> None:
    assert shown(world, "rtr")[0] == "router"
    assert shown(world, "ping client 119")[0] == "192.168.77.119"
    assert shown(world, "router tr set infilter vmin")[0] == "OS_PORT_vm_INBOUND"


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("rtr", "router", "port-group"),
        ("119", "192.168.77.119", "192.168.1.91"),
        ("vm", "my-vm", "v-and-m"),
        ("so", "south", "southern"),
    ],
)
def test_how_well_letters_fit(typed: str, better: str, worse: str) -> None:
    first, second = fit(typed, better), fit(typed, worse)
    assert first is not None
    assert second is not None
    assert first < second


def test_what_does_not_have_the_letters_does_not_fit() -> None:
    assert fit("abc", "acb") is None
    assert fit("abc", "ab") is None


# -- the hint and `?` --------------------------------------------------------------------


def told(world: World, line: str) -> Hint:
    return hint(world.context, line)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("quit", "Enter runs it"),
        ("router list # all", "Enter runs it"),
        ("undo 1", "Enter runs it; or force, as"),
        ("connect client tcp vm 22", "Enter runs it; or src-port, data, src, hw-src, hw-dst, "),
        ("connect client tcp vm 22 ", "Enter runs it; or src-port, data, src, hw-src, hw-dst, "),
        ("connect client tcp vm 22 data x ", "Enter runs it; or src-port, src, hw-src, hw-dst, "),
        ("connect client tcp vm", "a destination address"),
        ("router tr", "a router"),
        ("router tr \\\nshow", "Enter runs it; or "),
        ("clock adv", "advance: let simulated time pass"),
        ("router tr ad", "add: makes an object; add is the same word"),
        ("router create state d", "down"),
        ("chain chain0 add rule type dnat", "a dnat rule needs target"),
    ],
)
def test_a_command_that_is_complete_says_so(world: World, line: str, text: str) -> None:
    found = told(world, line)
    assert found.text.startswith(text)
    assert not found.wrong


@pytest.mark.parametrize(
    "line",
    [
        "rou",
        "router0:po",
        "router0:",
        "list",
        "ping client 10.0.",
        "ping cli",
        "ping client v",
        "ping client vm capture ve",
        "ping client vm capture router0:port0,",
        "ping client vm tos 0x",
        "router tr set infilter dn",
        "router tr port port0 set address 10.",
        "router tr port port0 set mac fa:16",
        "router tr port port0 set net 10.0.0.0/",
        "guest create address 10.0.0.1/24,10.",
        "chain chain0 add rule dst !192.168.",
        "chain chain0 add rule dst-port 80-",
        "chain chain0 add rule target 1.2.3.4:",
        "chain chain0 add rule in-ports router0:port0,",
        "delete router my",
        "clock set 2017-04",
        "clock advance 1.",
        "host host0 set alive tr",
        "router tr ad",
        "exi",
        'router create name "half',
    ],
)
def test_what_may_still_become_right_is_not_wrong(world: World, line: str) -> None:
    assert not told(world, line).wrong


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("ping nobody vm", "unknown source 'nobody'"),
        ("ping client nobody", "invalid destination 'nobody'"),
        ("ping client 10.0. ", "invalid destination '10.0.'"),
        ("ping client vm capture nowhere", "unknown point 'nowhere'"),
        ("tcpdump nowhere", "unknown point 'nowhere'"),
        ("delete router nosuch", "unknown router: 'nosuch'"),
        ("router tr set infilter nosuch", "unknown chain 'nosuch' for infilter"),
        ("router tr set infilter dn ", "unknown chain 'dn' for infilter"),
        ("router tr port port0 set address 10. ", "invalid value '10.' for address"),
        ("router tr port port0 set address 10.x", "invalid value '10.x' for address"),
        ("router lsit", "incomplete command; did you mean list, not 'lsit'?"),
        ("clock set 20x", "invalid time '20x'"),
        ("expect ping nobody vm", "unknown source 'nobody'"),
    ],
)
def test_what_cannot_become_right_is_wrong(world: World, line: str, text: str) -> None:
    found = told(world, line)
    assert found.text.startswith(text)
    assert found.wrong


def test_what_a_command_still_needs_is_told_and_not_wrong(world: World) -> None:
    needs = "a binding needs interface: an interface name"
    assert told(world, "host host0 add binding port bridge0:port2 ") == Hint(needs)
    assert told(world, "host host0 add binding port bridge0:port2") == Hint(needs)


def test_what_is_expected_to_fail_may_name_nobody(world: World) -> None:
    assert told(world, "expect not ping nobody vm").text.startswith("Enter runs it")


@pytest.mark.parametrize(
    ("line", "runs", "wrong"),
    [
        ("router list", True, ""),
        ("router list ", True, ""),
        ("router list n", False, ""),
        ("ping client vm", True, ""),
        ("ping client v", False, ""),
        ("undo ", True, ""),
        ("foo bar ", False, "unexpected 'foo'"),
        ("ping nobody vm ", False, "unknown source 'nobody'"),
        ("router create nam x ", False, "unexpected 'nam'; did you mean name?"),
    ],
)
def test_a_question_and_the_hint_agree(line: str, runs: bool, wrong: str) -> None:
    told, listed = hint(_DEMO.context, line), explain(_DEMO.context, line)
    assert told.text.startswith("Enter runs it") == runs
    assert ("<Enter>" in listed) == runs
    assert told.wrong == bool(wrong)
    assert listed.startswith(f"  {wrong}" if wrong else "  ")
    assert (told.text in listed.splitlines()[0]) == bool(wrong)


def test_a_question_says_where_enter_will_do(world: World) -> None:
    assert explain(world.context, "router list ").endswith("<Enter>")
    assert "<Enter>" not in explain(world.context, "ping client ")
    assert explain(world.context, "# what") == "  nothing may follow in a comment"
    assert "more of them" in explain(World(*["router create"] * 21).context, "router ")
    assert "more of them" not in explain(world.context, "router ")


# -- whatever is typed ------------------------------------------------------------------


_LINES = [line for script in scripts() for line in script.read_text().splitlines() if line]
_DEMO = World("demo")
_ODD = ["'", '"', "\\", ",", ":", "!", "#", "~/", "/", "\0", "\udc80", "é", "\n", "\\\n", " "]


@given(st.sampled_from(_LINES), st.floats(0, 1), st.sampled_from(_ODD), st.floats(0, 1))
@settings(max_examples=300, deadline=None)
@example(
    "router r add port mac 02:00:00:00:02:01 address 10.0.2.1 net 10.0.2.0/24", 0.375, "\n", 0.4375
)
def test_whatever_is_typed_a_word_that_is_taken_stands_in_its_place(
    line: str, end: float, odd: str, place: float
) -> None:
    text = line[: round(end * len(line))]
    at = round(place * len(text))
    text = text[:at] + odd + text[at:]
    told(_DEMO, text)
    explain(_DEMO.context, text)
    for taken in lines(_DEMO, text):
        before, after = at_cursor(last_command(text)), at_cursor(last_command(taken))
        assert before is not None
        assert after is not None
        assert after.before.rstrip() == before.before.rstrip()


def test_machines_are_offered_by_what_they_stand_behind(world: World) -> None:
    offered = {line.rpartition(" ")[2] for line in lines(world, "reach c")}
    assert "client" in offered
    assert {"reach from bridge test"} <= set(lines(world, "reach from bridge te"))
    after = set(lines(world, "reach client vm "))
    assert {"reach client vm tcp", "reach client vm icmp"} <= after
    assert "reach client to" in lines(world, "reach client t")
