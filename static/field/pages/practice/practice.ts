// Tập dùng: what it is, and its ten tasks.

import { isPractising } from "../../core/pageState.ts";
import { _ } from "../../core/strings.ts";
import type { Account } from "../../store/schema.ts";
import { type LaterEnvironment, type PageRequest, type PageResponse, page, redirect } from "../responses.ts";
import { doneTasks, TASKS } from "./tasks.ts";

type PracticeRequest = PageRequest & { env: LaterEnvironment; account: Account | null };

export async function showPractice({ url, account }: PracticeRequest, problem = ""): Promise<PageResponse> {
  const done = isPractising() && account ? await doneTasks(account.account_id) : new Set();
  return page(
    "practice",
    {
      practising: isPractising(),
      tasks: TASKS.map(({ id, title, how, href }) => ({ title, how, href, done: done.has(id) })),
      all_done: done.size === TASKS.length,
      outside: url.searchParams.get("done") === "outside",
      problem,
    },
    problem ? 422 : 200,
  );
}

/** [Bắt đầu tập]. */
export async function beginPractice(request: PracticeRequest): Promise<PageResponse> {
  const { env } = request;
  if (isPractising()) return redirect("/field/practice");
  if (!(await env.canPractise()))
    return showPractice(request, _("Phần tập dùng chưa có trên máy này. Đến nơi có mạng rồi mở lại."));
  await env.practise(true);
  return showPractice(request);
}

/** [Thôi tập]: nothing is lost, so nobody is asked. */
export async function endPractice({ env }: PracticeRequest): Promise<PageResponse> {
  if (!isPractising()) return redirect("/field/practice");
  await env.practise(false);
  return { location: "/field/practice" };
}
