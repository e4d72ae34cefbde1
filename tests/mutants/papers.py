"""Bugs of the papers of communes, and of what is said about the disk."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "a paper fills in what an operator typed",
        "app/reports/papers/filling.py",
        "return self.values[name] or DOTS",
        "return self.fill(self.values[name]) or DOTS",
        "tests/reports/papers/test_papers.py::test_what_an_operator_typed_is_printed_as_it_is",
    ),
    Planted(
        "a paper types the hours of the law",
        "app/reports/papers/texts/rules.md",
        "Báo cáo sự cố trong {incident_hours} giờ",
        "Báo cáo sự cố trong 72 giờ",
        "tests/reports/papers/test_papers.py::test_texts_type_no_term_of_law",
    ),
    Planted(
        "a paper does not say that law was read in secondary sources",
        "app/reports/papers/word.py",
        "{'' if fact.source == 'G' else words.secondary}",
        "",
        "tests/reports/papers/test_papers.py::test_paper_lists_the_law_that_it_names",
    ),
    Planted(
        "encryption below a volume of several layers is not seen",
        "app/upkeep/storage.py",
        "if depth and slaves.is_dir():",
        "if not depth and slaves.is_dir():",
        "tests/upkeep/test_storage.py::test_encryption_is_seen_through_the_devices",
    ),
)
