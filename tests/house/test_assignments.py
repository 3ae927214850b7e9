"""Each assignment is whole: its points, suites, handouts, starter, reference and mistakes fit together."""

from __future__ import annotations

import re

import pytest

from graders.engine.course import Course
from graders.engine.grading import declared_checks
from graders.engine.variants import variants
from graders.kit.assignment import LANGUAGES

COURSE = Course()
SLUGS = pytest.mark.parametrize("slug", COURSE.slugs())


def test_there_are_assignments() -> None:
    assert COURSE.slugs()


@SLUGS
def test_suites_define_exactly_the_checks_of_the_file(slug: str) -> None:
    suites = (COURSE.public_suite(slug), COURSE.hidden_suite(slug))
    defined = [check for suite in suites for check in declared_checks(suite)]
    assert sorted(defined) == sorted(spec.id for spec in COURSE.assignment(slug).checks())
    assert declared_checks(COURSE.public_suite(slug))


@SLUGS
def test_every_section_stands_in_every_handout(slug: str) -> None:
    assignment = COURSE.assignment(slug)
    parts = [part for question in assignment.questions for part in (question, *question.checks, *question.rubric)]
    handouts = COURSE.handouts(slug)
    assert set(handouts) == set(LANGUAGES)
    for path in handouts.values():
        anchors = set(re.findall(r'<a id="([^"]+)">', path.read_text(encoding="utf-8")))
        assert {part.section for part in parts if part.section} <= anchors, path


@SLUGS
def test_starter_and_reference_have_the_wanted_files(slug: str) -> None:
    wanted = set(COURSE.assignment(slug).files)
    assert wanted <= {path.name for path in COURSE.starter(slug).iterdir()}
    assert wanted <= {path.name for path in COURSE.reference(slug).iterdir()}


@SLUGS
def test_mistakes_teach(slug: str) -> None:
    known = list(variants(COURSE, slug))
    assert len(known) >= 5
    for mistake in known:
        assert len(mistake.lesson.split()) >= 12, f"{mistake.title} teaches too little"
