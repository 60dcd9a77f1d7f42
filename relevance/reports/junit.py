"""JUnit XML, as read by GitLab, Jenkins and GitHub's reporters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

# Characters that XML 1.0 cannot contain, not even escaped.
_INVALID_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class JunitCase:
    """One test."""

    name: str
    seconds: float = 0.0
    failure: str = ""
    """The reason why it failed; empty if it did not."""
    skipped: str = ""
    """The reason why it was skipped; empty if it was not."""
    output: str = ""


def junit_xml(suite: str, cases: Sequence[JunitCase]) -> str:
    """Return one test suite as an XML document."""
    return junit_xml_of_suites([(suite, cases)])


def junit_xml_of_suites(suites: Sequence[tuple[str, Sequence[JunitCase]]]) -> str:
    """Return named test suites as an XML document that Apache Ant's schema allows.

    That is the strictest of the dialects: what it allows, all readers take.
    """
    root = ET.Element("testsuites")
    for number, (name, cases) in enumerate(suites):
        _add_suite(root, number, name, cases)
    return _document(root)


def _add_suite(root: ET.Element, number: int, name: str, cases: Sequence[JunitCase]) -> None:
    suite = ET.SubElement(
        root,
        "testsuite",
        id=str(number),
        name=_clean(name),
        package="shangsou",
        # Without a time zone, as the schema wants it.
        timestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        hostname="localhost",
        tests=str(len(cases)),
        failures=str(sum(bool(case.failure) for case in cases)),
        errors="0",
        skipped=str(sum(bool(case.skipped) for case in cases)),
        time=f"{sum(case.seconds for case in cases):.3f}",
    )
    ET.SubElement(suite, "properties")
    for case in cases:
        element = ET.SubElement(
            suite, "testcase", classname=_clean(name), name=_clean(case.name), time=f"{case.seconds:.3f}"
        )
        if case.failure:
            failure = ET.SubElement(
                element, "failure", type="failure", message=_clean(case.failure.partition("\n")[0])
            )
            failure.text = _clean(case.failure)
        elif case.skipped:
            ET.SubElement(element, "skipped", message=_clean(case.skipped))
    # A case has no output of its own in this dialect.
    outputs = [f"{case.name}: {case.output}" for case in cases if case.output]
    ET.SubElement(suite, "system-out").text = _clean("\n".join(outputs))
    ET.SubElement(suite, "system-err").text = ""


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _clean(text: str) -> str:
    return _INVALID_XML.sub("�", text)
