"""Where an assignment's parts lie. The slug names the same assignment in every room; there is no list of assignments anywhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from graders.kit.assignment import Assignment, load
from graders.kit.errors import InputError

HOUSE = Path(__file__).resolve().parents[2]
KIT = HOUSE / "graders" / "kit"
PROOF = HOUSE / "graders" / "proof"


@dataclass(frozen=True)
class Course:
    """The folder that holds `assignments/`, `reference/` and `graders/`. The default is sanjeh's own course."""

    root: Path = HOUSE

    def slugs(self) -> tuple[str, ...]:
        """Every assignment, by name."""
        return tuple(sorted(path.parent.name for path in self.root.glob("assignments/*/assignment.toml")))

    def assignment(self, slug: str) -> Assignment:
        """Read one assignment. Raises InputError where there is none of that name."""
        if slug not in self.slugs():
            raise InputError(f"there is no assignment {slug!r}; there are {', '.join(self.slugs()) or 'none'} in {self.root}")
        return load(self.root / "assignments" / slug)

    def public_suite(self, slug: str) -> Path:
        """The checks that a student sees."""
        return self.root / "assignments" / slug / "checks"

    def hidden_suite(self, slug: str) -> Path:
        """The checks that she does not."""
        return self.root / "graders" / slug

    def reference(self, slug: str) -> Path:
        """The staff's own submission."""
        return self.root / "reference" / slug

    def mistakes(self, slug: str) -> Path:
        """Known mistakes, laid over files of the reference."""
        return self.hidden_suite(slug) / "mistakes"

    def starter(self, slug: str) -> Path:
        """What a student starts from."""
        return self.root / "assignments" / slug / "starter"

    def handouts(self, slug: str) -> dict[str, Path]:
        """The handout in each language that it is written in."""
        files = sorted((self.root / "assignments" / slug).glob("handout.*.md"))
        return {path.name.split(".")[1]: path for path in files}

    def suite_fingerprint(self, slug: str) -> str:
        """Hash of all that decides a grade besides the submission and the data: checks, reference, mistakes, points and kit."""
        folders = (
            self.public_suite(slug),
            self.hidden_suite(slug),
            self.reference(slug),
            KIT,
            PROOF,
        )
        files = sorted((self.root / "assignments" / slug).glob("*.toml"))
        files += [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in {".py", ".toml", ".json"}]
        digest = hashlib.sha256()
        for path in files:
            content = path.read_bytes()
            digest.update(f"{path.name}:{len(content)}:".encode() + content)
        return digest.hexdigest()[:16]
