"""What every page must hold: safe whatever a record holds, whole without a network, well formed, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from graders.engine.records import ClassGrades, Grade
from reports.class_page import class_page
from reports.feedback import student_page
from reports.handout import handout_page

from .conftest import OVERRIDE, PAYLOAD, PUBLIC, hostile, make_assignment, make_class, make_run

VOID = {"meta", "br", "hr", "link", "img", "input"}
LANGUAGES = ("en", "fa")


class Reader(HTMLParser):
    """Checks nesting and collects elements, ids, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice in <{tag}>"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text.append(data)

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] or "" for _, attributes in self.elements if attribute in attributes]


def pages(class_grades: ClassGrades) -> list[str]:
    result = [class_page(class_grades, language=language) for language in LANGUAGES]
    for language in LANGUAGES:
        result += [student_page(grade, class_grades, language=language) for grade in class_grades.grades]
    return result


@pytest.fixture(scope="module")
def readers() -> list[tuple[str, Reader]]:
    return [(page, Reader(page)) for page in pages(make_class("none"))]


def test_pages_are_well_formed_with_unique_ids_and_targets(readers: list[tuple[str, Reader]]) -> None:
    assert len(readers) == 2 + 2 * 8
    for _, reader in readers:
        ids = reader.values("id")
        assert len(ids) == len(set(ids))
        assert {"main"} <= set(ids)
        assert {link[1:] for link in reader.values("href") if link.startswith("#")} <= set(ids)
        assert set(reader.values("aria-labelledby")) <= set(ids)
        assert [tag for tag, _ in reader.elements].count("h1") == 1


def test_no_page_reaches_for_the_network(readers: list[tuple[str, Reader]]) -> None:
    for page, reader in readers:
        assert not re.search(r"""(?:src|href|action|url|import)\s*[=(]?\s*["']?\s*(?:https?:)?//""", page)
        assert not reader.values("src")
        assert all(link.startswith(("#", "handout.", "feedback/", "gradebook.csv")) for link in reader.values("href"))
        assert "default-src 'none'" in page


def test_hostile_text_is_shown_and_never_becomes_markup(readers: list[tuple[str, Reader]]) -> None:
    shown = 0
    for page, reader in readers:
        tags = [tag for tag, _ in reader.elements]
        assert "img" not in tags
        assert tags.count("script") <= 1
        assert not [name for _, attributes in reader.elements for name in attributes if name.startswith("on")]
        assert "<script>alert" not in page
        assert "49" not in "".join(re.findall(r"&amp;(.{0,8})", page))
        shown += PAYLOAD in "".join(reader.text)
    assert shown >= 6, "the payload must be there to read, or the test planted nothing"


def test_control_characters_and_overrides_are_written_out(readers: list[tuple[str, Reader]]) -> None:
    unsafe = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
    assert not any(unsafe.search(page) for page, _ in readers)
    assert sum(r"\u202e" in page for page, _ in readers) >= 4
    assert all(page.encode("utf-8") for page, _ in readers)


def test_student_pages_never_hold_the_detail_nor_hidden_inputs(class_grades: ClassGrades) -> None:
    for language in LANGUAGES:
        for grade in class_grades.grades:
            page = student_page(grade, class_grades, language=language)
            assert "secret-" not in page


def test_values_of_a_check_are_shown_where_it_is_public_only(class_grades: ClassGrades) -> None:
    grade = class_grades.grades[1]
    words = ("secret-difference", "secret-got", "secret-wanted", "secret-inputs")
    page = student_page(grade, replace(class_grades, public_checks=PUBLIC | {"q2.gradient"}))
    assert all(word in page for word in words)
    assert "secret-detail" not in page
    assert not any(word in student_page(grade, class_grades) for word in words)


def test_notices_and_near_misses_are_for_the_ta(class_grades: ClassGrades) -> None:
    text = text_of(class_page(class_grades))
    assert "secret-notice claims 0.99, reached 0.31" in text
    assert text.index("Worth a look") < text.index("Right but for the first two frames")


def test_a_bonus_is_called_one(class_grades: ClassGrades) -> None:
    text = text_of(student_page(class_grades.grades[2], class_grades))
    assert "Network from scratch bonus" in text and "Among all points, 30.5 are a bonus." in text


def test_details_stand_on_the_class_page_collapsed(class_grades: ClassGrades) -> None:
    page = class_page(class_grades)
    assert "secret-detail the sandbox died twice" in page
    assert "secret-detail Traceback (most recent call last): &lt;b&gt;" in page
    assert page.count("secret-detail the sandbox died twice") == 1, "a detail at the head of the page is not told again"
    assert "<details open" not in page


def text_of(page: str) -> str:
    return " ".join("".join(Reader(page).text).split())


def test_student_page_says_what_happened(class_grades: ClassGrades) -> None:
    text = text_of(student_page(class_grades.grades[2], class_grades))
    for words in (
        *("5 of 28.5 automatic points", "8 points are undecided", "A further 12 points", "not graded yet"),
        *("1 passed", "1 partial", "1 failed", "1 timeout", "1 ungraded", "This is our fault, not yours"),
        *("A known mistake: Hop not passed", "Pass hop_length on.", "array of shape (31, 12)", "Two uploads; the last"),
        *("5f3c9a1e77b0", "9be1c0ffee42", "numpy 2.1.0", "2026-03-01 10:01 UTC", "– of 8", "2 of 4", "0a1b2c3d4e5f"),
    ):
        assert words in text, words


def test_a_mistake_that_fails_two_checks_is_explained_once(class_grades: ClassGrades) -> None:
    grade = class_grades.grades[1]
    finding = grade.results[3].finding
    results = tuple(replace(item, finding=finding) if index in (1, 3) else item for index, item in enumerate(grade.results))
    page = student_page(replace(grade, results=results), class_grades)
    assert text_of(page).count("Multiply the error by bipolar_derivative(z)") == 1
    assert "#q1.delta" in Reader(page).values("href")
    assert page.index("Multiply the error") < page.index('id="q2.gradient"')


def test_links_lead_to_the_section_of_the_handout(class_grades: ClassGrades) -> None:
    grade = class_grades.grades[2]
    assert "handout.en.html#q1-mfcc" in Reader(student_page(grade, class_grades)).values("href")
    assert "handout.fa.html#q1-mfcc" in Reader(student_page(grade, class_grades, language="fa")).values("href")
    assert "handout" not in " ".join(Reader(student_page(grade, class_grades, handout="")).values("href"))


def test_missing_isolation_is_loud_and_isolation_is_not(class_grades: ClassGrades) -> None:
    loud = make_class("none")
    for page in (student_page(loud.grades[0], loud), class_page(loud)):
        assert 'role="alert"' in page and "Graded without isolation" in page
    assert "Graded without isolation" not in student_page(class_grades.grades[0], class_grades)
    assert "Graded without isolation" not in class_page(class_grades)


def test_an_unreadable_submission_says_why_first(class_grades: ClassGrades) -> None:
    text = text_of(student_page(class_grades.grades[5], class_grades))
    assert text.index("Your submission could not be read") < text.index("0 of 28.5")
    assert "line 12 has an opening bracket" in text
    assert "5 not run" in text and "undecided," not in text


def test_class_page_puts_first_what_needs_a_person(class_grades: ClassGrades) -> None:
    text = text_of(class_page(class_grades))
    places = [text.index(words) for words in ("Needs you", "2 submissions have checks", "2 submissions could not", "Summary")]
    assert places == sorted(places)
    assert "There is no result for this check." in text
    assert "20.5 → 16.75" in text
    assert "2× Output derivative missing q2.gradient" in text
    assert "feedback/400102.html#q2.gradient" in Reader(class_page(class_grades)).values("href")


def test_class_page_of_a_clean_class_says_that_nothing_is_left(class_grades: ClassGrades) -> None:
    page = class_page(replace(class_grades, grades=class_grades.grades[:2]))
    assert "Nothing needs you" in page and "submissions have checks" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_class_page_of_an_empty_class(empty_class: ClassGrades, language: str) -> None:
    page = class_page(empty_class, language=language)
    Reader(page)
    assert ("No submissions" if language == "en" else "هیچ پاسخی نرسیده است") in page


def test_persian_pages_read_from_the_right_with_persian_digits(class_grades: ClassGrades) -> None:
    page = student_page(class_grades.grades[1], class_grades, language="fa")
    assert '<html lang="fa" dir="rtl">' in page
    text = text_of(page)
    assert "۱۶٫۷۵ از ۲۸٫۵ امتیاز خودکار" in text
    assert "پس‌انتشار گرادیان درست را برمی‌گرداند." in text
    assert "سارا رضایی‌نژاد" in student_page(class_grades.grades[0], class_grades, language="fa"), "the half-space of a name stays"


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(ValueError, match=r"'de'.*en, fa"):
        class_page(make_class(), language="de")


def test_a_message_without_end_is_cut() -> None:
    assignment = make_assignment()
    results = hostile(assignment)
    finding = replace(results[0].finding, message="m" * 10**6, got="g" * 10**6)
    grade = Grade("1", "n", "", results=(replace(results[0], finding=finding), *results[1:]))
    page = student_page(grade, ClassGrades(assignment, make_run(), (grade,), PUBLIC))
    assert len(page) < 100_000
    assert "more characters]" in page


HANDOUT = """# Homework <a id="top"></a>

<a id="q2-backprop"></a>
## Back-propagation

The loss is $L=\\tfrac12\\sum_i (a_i-t_i)^2$; it costs $5 and $6.

$$\\delta_2=(\\delta_3W_3^\\top)\\odot f'(z_2)$$

| a | b |
|---|---|
| `x < y` | 1 |

<b onclick=alert(1)>raw</b> <a id="x" onclick="alert(1)"></a> [link](javascript:alert(1)) ![plot](https://example.org/plot.png)
$\\text{<img src=x onerror=alert(1)>}$ $\\href{javascript:alert(1)}{x}$ $\\frac{$ $\\text{<b>bold</b>}$
"""


def test_handout_keeps_anchors_and_formulas_and_no_raw_html() -> None:
    reader = Reader(handout_page(HANDOUT))
    tags = [tag for tag, _ in reader.elements]
    assert {"top", "q2-backprop"} <= set(reader.values("id"))
    assert tags.count("math") == 2 and "msubsup" in tags and "table" in tags
    assert "b" not in tags and "img" not in tags and "onclick" not in str(reader.elements)
    assert not [link for link in reader.values("href") if "javascript" in link]
    text = "".join(reader.text)
    assert "costs $5 and $6" in text and "\\frac{" in text and "plot" in text and "x < y" in text
    assert Reader(handout_page(HANDOUT, language="fa")).elements[0] == ("html", {"lang": "fa", "dir": "rtl"})


def test_handout_title_is_its_first_heading() -> None:
    assert "<title>Homework</title>" in handout_page(HANDOUT)
    assert "<title>Given</title>" in handout_page(HANDOUT, title="Given")


def test_override_is_in_the_sample() -> None:
    assert any(OVERRIDE in grade.name for grade in make_class().grades)
