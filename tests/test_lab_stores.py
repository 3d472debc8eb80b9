"""The Python API on a store: what `--store` opens, by the same rules and with the same errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from postgres_server import new_database
from sessions import midocli

from grammar.errors import StoreError
from midocli import Lab, MidoError
from midocli.session.stores import check


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return new_database() if request.param == "postgres" else str(tmp_path / "net.db")


def test_what_a_lab_does_the_next_one_finds(store: str) -> None:
    with Lab(store=store) as lab:
        lab("bridge create name lan\nbridge list")
        lab.guest("alice", "10.0.0.1/24", bridge="lan")
        lab.guest("bob", "10.0.0.2/24", bridge="lan")
        printed = str(lab("guest list as json"))
    with Lab(store=store) as lab:
        assert str(lab("guest list as json")) == printed
        assert lab.ping("alice", "bob", count=2).received == 2
        lab("undo")  # an earlier run's: each command is a change
        assert [guest["name"] for guest in lab("guest list").document()] == ["alice"]
    assert not check(store)


def test_labs_see_each_other_and_take_back_their_own(store: str) -> None:
    with Lab(store=store) as one, Lab(store=store) as other:
        one("router create name edge")
        assert other("router list").document()[0]["alias"] == "router0"
        with pytest.raises(MidoError, match="another session, which is still there, made this"):
            other("undo")
        other("bridge create")
        other("undo")
        assert len(one("router list").document()) == 1
        one.close()
        other("undo")  # whoever made it is gone
        assert other("router list").document() == []


def test_a_transaction_is_one_change_which_others_see_at_its_end(store: str) -> None:
    with Lab(store=store) as one, Lab(store=store) as other:
        with one.transaction():
            one("bridge create name a\nbridge create name b")
            assert other("bridge list").document() == []
        assert len(other("bridge list").document()) == 2
        with pytest.raises(RuntimeError), one.transaction():
            one("bridge create name c")
            raise RuntimeError
        assert len(other("bridge list").document()) == 2
        one("undo")
        assert other("bridge list").document() == []


def test_a_script_is_one_change_of_which_what_was_answered_stays(
    store: str, tmp_path: Path
) -> None:
    script = tmp_path / "lan.mido"
    script.write_text("bridge create name a\nbridge create name b\nbridge list\n")
    with Lab(store=store) as lab, Lab(store=store) as other:
        assert str(lab.source(script)).startswith("bridge0\nbridge1\nbridge bridge0 name a")
        assert len(other("bridge list").document()) == 2
        lab("undo")
        assert other("bridge list").document() == []
        script.write_text("router create name r\nfoo\n")
        with pytest.raises(MidoError) as caught:
            lab.source(script)
        assert (caught.value.code, caught.value.line) == ("syntax", 2)
        assert [each["name"] for each in other("router list").document()] == ["r"]
        assert str(lab("router list")).count("\n") == 1  # and nothing that the script printed


def test_who_compares_sees_what_others_did(store: str) -> None:
    with Lab(store=store) as one, Lab(store=store) as other, Lab() as alone:
        alone("bridge create name lan")
        one("bridge create name lan")
        for name, address in (("alice", "10.0.0.1/24"), ("bob", "10.0.0.2/24")):
            other.guest(name, address, bridge="lan")
            alone.guest(name, address, bridge="lan")
        assert one.reach_diff(alone).changes == []
        other("delete guest alice")
        assert one.reach_diff(alone).changes != []


def test_a_closed_lab_takes_no_lines_and_has_lost_what_was_begun(store: str) -> None:
    lab = Lab(store=store)
    lab("bridge create\nbegin\nbridge create")
    lab.close()
    lab.close()
    for line in ("bridge list", "bridge create", "undo", "log", "commit"):
        with pytest.raises(MidoError):
            lab(line)
    with Lab(store=store) as lab:
        assert len(lab("bridge list").document()) == 1


def test_a_lab_in_memory_may_stand_in_a_with_as_well() -> None:
    with Lab() as lab:
        lab("bridge create")
    assert len(lab("bridge list").document()) == 1


@pytest.mark.parametrize(
    "where", ["", "/", "nowhere/net.db", "text", "postgresql://nobody@/x?host=/nowhere"]
)
def test_what_cannot_be_opened_is_the_command_lines_error(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where.startswith("postgres"):
        pytest.importorskip("psycopg", reason="psycopg is not installed: no PostgreSQL")
    monkeypatch.chdir(tmp_path)
    Path("text").write_text("bridge create\n")
    with pytest.raises(StoreError) as caught:
        Lab(store=where)
    done = midocli("--store", where, "-e", "bridge list", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"midocli: {caught.value.message}\n"


def test_a_script_that_cannot_be_kept_is_an_error_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "lan.mido"
    script.write_text("bridge create name a\nbridge create name b\n")
    with Lab(store=tmp_path / "net.db") as lab:
        lab("router create")

        def fail() -> None:
            raise StoreError("the store net.db cannot be written: the disk is full")

        assert lab.session.context.kept is not None
        with monkeypatch.context() as patch:
            patch.setattr(lab.session.context.kept._database, "commit", fail)
            with pytest.raises(StoreError, match="nothing is left of the last 2 changes") as caught:
                lab.source(script)
        assert caught.value.line == 2 and caught.value.code == "store"
        assert str(lab("bridge list")) == ""
        assert len(lab("router list").document()) == 1


def test_a_line_may_name_a_store(tmp_path: Path) -> None:
    with Lab(store=tmp_path / "other.db") as other:
        other("bridge create name lan")
    lab = Lab()
    assert str(lab(f"diff {tmp_path}/other.db")).endswith("-bridge create name lan\n")
