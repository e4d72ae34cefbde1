"""Bugs of what people see: desk, operators, templates, the phone's pages, styles."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "back leads to the next page",
        "app/web/desk/page/paging.py",
        "address(page - 1), address(page + 1))",
        "address(page + 1), address(page - 1))",
        "tests/web/desk/page/test_paging.py::test_addresses_keep_the_filters_and_end_at_the_ends",
    ),
    Planted(
        "a reason of the form is refused by its own answer",
        "app/review/decisions/verdicts.py",
        "verdict.reason in RETURN_REASONS else",
        "verdict.reason in RETURN_REASONS[:-1] else",
        "tests/web/desk/test_options.py::test_each_reason_and_field_of_a_return_is_stored",
    ),
    Planted(
        "a label of the desk is in no list of codes",
        "app/web/desk/page/labels.py",
        "REASONS = labels(",
        "REASONS = (lambda _codes, texts: {**texts, 'twice': lazy('Khác')})(",
        "tests/contract/test_codes.py::test_desk_commands_and_sentences_have_each_code_and_no_other",
    ),
    Planted(
        "days that were typed from the later to the earlier find nothing",
        "app/web/desk/page/days.py",
        "span = min(first, last), max(first, last)",
        "span = first, last",
        "tests/web/desk/visits/test_visit_list.py::test_list_of_a_span_of_days",
    ),
    Planted(
        "a commune that a colleague began meanwhile is answered as if it had been done",
        "app/web/operator/commune.py",
        "status = 422 if problems else 409 if notice else 200",
        "status = 422 if problems else 200",
        "tests/web/operator/test_operator.py::test_commune_that_a_colleague_began_meanwhile_is_asked_about",
    ),
    Planted(
        "what a change replaced stands for what it brought",
        "templates/desk/visits/panel.html",
        "<ins>{{ change.after }}</ins>",
        "<ins>{{ change.before }}</ins>",
        "tests/web/desk/visits/test_visit.py::test_history_shows_what_each_amendment_changed_newest_first",
    ),
    Planted(
        "markup in a note is markup at the desk",
        "templates/desk/visits/panel.html",
        '<dd class="note">{{ visit.note }}</dd>',
        '<dd class="note">{{ visit.note|safe }}</dd>',
        "tests/web/desk/visits/test_visit.py::test_markup_in_a_note_is_text",
    ),
    Planted(
        "a call from the phone dials a number with blanks",
        "templates/field/household.html",
        'href="tel:{{ phone }}"',
        'href="tel:{{ number }}"',
        "tests/field/pages/households/household.test.js::"
        "a phone number is shown as people write it, and saving it unchanged sends nothing",
    ),
    Planted(
        "a refused record that was discarded stays on screen",
        "static/field/store/view/replica.ts",
        "view: `${stamp} ${next} ${refused}` };",
        "view: `${stamp} ${next}` };",
        "tests/field/pages/log/refusedOperations.test.js::"
        "a refused visit that Lan withdraws is discarded, and nothing is sent",
    ),
    Planted(
        "every answer is the time of the last sending",
        "static/field/sync/applyResults.ts",
        "last_sent_at: acked > 0 ? answer.server_time : state.last_sent_at,",
        "last_sent_at: answer.server_time,",
        "tests/field/pages/golden.test.js::is what the page gives",
    ),
    Planted(
        "a time to wait is believed after the clock was set back",
        "static/field/sync/backoff.ts",
        "notBefore = until - now <= MAX_WAIT_MS ? until : 0;",
        "notBefore = until;",
        "tests/field/sync/backoff.test.js::"
        "a clock that is set back by a day does not make the phone wait for a day",
    ),
    Planted(
        "an appointment that was met is still due",
        "static/field/pages/households/householdStatus.ts",
        "if (closed_by === null && (earliest === undefined || due_on < earliest))",
        "if (earliest === undefined || due_on < earliest)",
        "tests/field/pages/log/log.test.js::due follow-ups are on Hôm nay until the next visit",
    ),
    Planted(
        "the installation is not offered on the day on which a week has passed",
        "static/field/pages/installPrompt.ts",
        "now.getTime() - at < WEEK_MS",
        "now.getTime() - at <= WEEK_MS",
        "tests/field/ui/install.test.js::it is offered three times, a week apart, and never again",
    ),
    Planted(
        "a form that was opened meanwhile is drawn again",
        "static/field/ui/screen.ts",
        "if (!mainElement().dataset.live) return;",
        "if (!mainElement()) return;",
        "tests/field/ui/screen.test.js::a form that Lan has opened before the refresh began is not replaced",
    ),
    Planted(
        "an iPad is taken for a Mac",
        "static/field/core/device.ts",
        '(userAgent.includes("Macintosh") && maxTouchPoints > 1)',
        '(userAgent.includes("Macintosh") && maxTouchPoints > 9)',
        "tests/field/core/device.test.js::"
        "the operating systems are recognised, also an iPad with the user agent of a Mac",
    ),
    Planted(
        "the last day of a month is not in it",
        "static/field/pages/month/month.ts",
        "dayOf(row) >= first && dayOf(row) <= last",
        "dayOf(row) >= first && dayOf(row) < last",
        "tests/field/pages/month/month.test.js::"
        "own visits and sessions of the month are counted by day; a household counts once",
    ),
    Planted(
        "a phone carries one file more than it may",
        "static/field/store/carriedFiles.ts",
        "others.filter(isUndelivered).length >= MAX_FILES",
        "others.filter(isUndelivered).length > MAX_FILES",
        "tests/field/sync/carriedFiles.test.js::"
        "a phone holds twenty files at most; a discarded one makes room",
    ),
    Planted(
        "a page that neither the phone nor the network has is the browser's error",
        "service_worker/precache.ts",
        'storedFile(key, address, isPage ? offlinePage : "")',
        'storedFile(key, address, "")',
        "tests/contract/test_worker.py::test_without_the_shell_a_page_says_that_nothing_is_lost",
    ),
    Planted(
        "a range of rows is not picked by key",
        "static/desk/keyboard.ts",
        "x: (here, event) => pickRow(rowOf(here), event.shiftKey),",
        "x: (here) => pickRow(rowOf(here), false),",
        "tests/e2e/test_desk_bulk.py::test_three_visits_are_decided_on_at_once_by_keys_and_mouse",
    ),
    Planted(
        "a page leaves out the first of the visits whose rows follow",
        "app/web/desk/visits/rows.py",
        "found.listed[len(found.visits) :]",
        "found.listed[len(found.visits) + 1 :]",
        "tests/web/desk/visits/test_more_rows.py::test_a_page_has_its_first_rows_and_names_the_others",
    ),
    Planted(
        "rows that follow a picked page are not picked",
        "static/desk/selection.ts",
        "if (page.whole || wholeFilter()?.checked) mark(box, true);",
        "if (wholeFilter()?.checked) mark(box, true);",
        "tests/e2e/test_desk_more_rows.py::test_the_list_is_one_list_although_its_rows_come_in_two_parts",
    ),
    Planted(
        "the main button is as small as any other",
        "static/css/parts/buttons.css",
        "min-block-size: var(--primary);",
        "min-block-size: var(--control);",
        "tests/e2e/test_screens.py::test_every_state_of_every_phone_page",
    ),
    Planted(
        "a form that was open is not saved on a phone that was revoked meanwhile",
        "static/field/server/server.ts",
        'access !== "list" || (draft !== undefined && method === "POST")',
        'access !== "list"',
        "tests/field/pages/unsaved.test.js::a tap on Ghi nhanh is saved",
    ),
    Planted(
        "a form that opened another account is answered with a page of the one before",
        "static/field/server/server.ts",
        '(route?.access === "list" || route?.access === "ready")',
        "route !== undefined",
        "tests/field/server/interceptRequests.test.js::a form that may open another account",
    ),
    Planted(
        "what a household's last visits come to stays as it was before a save",
        "static/field/pages/households/householdStatus.ts",
        "before.visits === visits && ",
        "",
        "tests/field/pages/households/lastVisits.test.js::a save reads the last visits",
    ),
    Planted(
        "a phone whose storage was emptied offers no file of what its journal has restored",
        "static/field/pages/account/firstDownload.ts",
        "can_export: Boolean(problem && export_key",
        "can_export: Boolean(!problem && export_key",
        "tests/e2e/test_emptied_storage.py::test_queue_of_a_phone_whose_storage_was_emptied_arrives_from_its_file",
    ),
)
