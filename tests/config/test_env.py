"""The environment: good values in every spelling that is promised, bad ones refused by the variable's name."""

import pytest

from config import env


@pytest.fixture
def given(monkeypatch):
    """Set X."""

    def give(value):
        monkeypatch.setenv("X", value) if value is not None else monkeypatch.delenv("X", raising=False)

    return give


@pytest.mark.parametrize("value", [None, "", "   "])
@pytest.mark.parametrize("read", [env.text, env.boolean, env.integer, env.words])
def test_what_has_no_default_must_be_set(given, value, read):
    given(value)
    with pytest.raises(env.BadEnvironment, match="X is not set"):
        read("X")


@pytest.mark.parametrize(
    ("value", "answer"),
    [("1", True), ("TRUE", True), ("yes", True), ("On", True), ("0", False), ("false", False), ("NO", False), ("off", False)],
)
def test_yes_and_no_in_any_spelling(given, value, answer):
    given(value)
    assert env.boolean("X") is answer


@pytest.mark.parametrize("value", ["maybe", "2", "truee", "None"])
def test_neither_yes_nor_no_is_refused(given, value):
    given(value)
    with pytest.raises(env.BadEnvironment, match="X must be true or false"):
        env.boolean("X")


@pytest.mark.parametrize(
    ("value", "said"),
    [("4", "5 or more"), ("11", "10 or less"), ("7.5", "whole number"), ("seven", "whole number"), ("1e1", "whole number")],
)
def test_a_number_out_of_bounds_is_refused(given, value, said):
    given(value)
    with pytest.raises(env.BadEnvironment, match=f"X must be (a )?{said}"):
        env.integer("X", at_least=5, at_most=10)


def test_a_number_within_bounds_and_its_default(given):
    given("10")
    assert env.integer("X", at_least=5, at_most=10) == 10
    given(None)
    assert env.integer("X", 6) == 6


def test_one_of_a_list(given):
    given("test")
    assert env.one_of("X", ["demo", "test"]) == "test"
    given("tests")
    with pytest.raises(env.BadEnvironment, match="X must be one of demo, test"):
        env.one_of("X", ["demo", "test"])


def test_words_lose_blanks(given):
    given(" one, ,two ,")
    assert env.words("X") == ["one", "two"]
    given(None)
    assert env.words("X", []) == []


def test_a_database_over_tcp():
    entry = env.database("postgresql://user:p%40ss%2Fword@db:6432/way%20mark?sslmode=require")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"], entry["NAME"]) == ("user", "p@ss/word", "db", "6432", "way mark")
    assert entry["OPTIONS"] == {"sslmode": "require", "prepare_threshold": 5}


def test_a_pooler_that_knows_no_prepared_statements_gets_none():
    assert env.database("postgresql://user@db:6432/waymark?prepare=no&sslmode=require")["OPTIONS"] == {"sslmode": "require", "prepare_threshold": None}


def test_a_database_on_a_socket():
    entry = env.database("postgresql://user@/waymark?host=/run/way%20mark&port=5432")
    assert (entry["HOST"], entry["NAME"], entry["PASSWORD"]) == ("/run/way mark", "waymark", "")


@pytest.mark.parametrize("url", ["sqlite:///db", "mysql://a@b/c", "waymark", ""])
def test_anything_but_postgresql_is_refused(url):
    with pytest.raises(env.BadEnvironment, match="must start with postgresql://"):
        env.database(url)


def test_keys_are_read_with_their_ids_the_first_to_write_with(given):
    given("2:" + "A" * 43 + "=,1:" + "A" * 42 + "E=")
    assert list(env.keys("X")) == [2, 1] and env.keys("X")[2] == bytes(32) != env.keys("X")[1]


KEY = "A" * 43 + "="


@pytest.mark.parametrize("value", ["", "nothing", "1:", "1:AAAA", f"0:{KEY}", f"256:{KEY}", f"a:{KEY}", f"1:{KEY[:-1]}", f"1:{KEY},1:{KEY}", "1:{}".format("é" * 44)])
def test_keys_that_cannot_be_used_are_refused_without_quoting_them(given, value):
    given(value)
    with pytest.raises(env.BadEnvironment, match="X") as refused:
        env.keys("X")
    assert "AAAA" not in str(refused.value)
