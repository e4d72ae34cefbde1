"""/desk/settings/personal-data: everything that the columns say of people, in words."""

import re

from fastapi.testclient import TestClient

from app.core.personal_data.codes import TIMES
from app.core.personal_data.columns import personal_rows
from app.upkeep.migrations.tables import METADATA
from app.web.desk.records.settings.personal_words import KINDS, TERMS
from tests.web.desk.desk_client import words

PATH = "/desk/settings/personal-data"


def test_page_says_what_is_stored_until_when_and_who_sees_it(desk: TestClient) -> None:
    assert PATH in desk.get("/desk/settings").text
    page = words(desk.get(PATH).text)
    assert (
        "Ghi chú của lượt thăm Giúp đúng việc hộ cần Căn cứ đã chọn cho danh sách hộ "
        "24 tháng từ khi nhận lượt thăm người ghi, cán bộ" in page
    )
    stored = personal_rows(METADATA.sorted_tables)
    assert [row.what for row in stored if KINDS[row.what] not in page] == []


def test_words_of_a_term_say_its_time() -> None:
    for term, (months, days) in TIMES.items():
        numbers = [int(found) for text in (term, TERMS[term]) for found in re.findall(r"\d+", text)]
        assert numbers == [months or days] * 2 or (months, days, numbers) == (0, 0, []), term
