// What a search of the guides finds: syllables, not parts of them; synonyms; marks that were typed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { searchGuides } from "../../../../static/field/pages/guides/guideSearch.ts";
import { SYNONYMS } from "../../../../static/field/pages/guides/synonyms.ts";

const guide = (id, title, html, steps) => ({ id, title, html, steps });
const GUIDES = [
  guide("install", "Cài VNeID", "<p>Thẻ căn cước có gắn chip. Làm xong, máy có thẻ.</p>"),
  guide("card", "Cấp đổi, cấp lại căn cước trực tuyến", "<p>Thẻ hỏng &amp; mất thẻ.</p>"),
  guide("member", "Mới vào tổ", "<h3>Mất điện thoại thì sao?</h3><p>Báo ngay.</p>"),
  guide("sign_in", "Lỗi đăng nhập, quên mật khẩu VNeID", "<h3>Máy bị mất?</h3><p>Báo nhà mạng.</p>"),
  guide("benefits", "Liên kết tài khoản an sinh", "<p>Không mất phí. Dùng điện thoại.</p>"),
  guide("steps", "Quét VietQR", "", [{ picture: "ma-qr", title: "Bấm Quét", text: "Đọc to tên người nhận." }]),
];
const ids = (query) => searchGuides(GUIDES, query).map((hit) => hit.guide.id);

test("cccd and căn cước find the same guides, first the one that is about it", () => {
  assert.deepEqual(ids("cccd"), ["card", "install"]);
  assert.deepEqual(ids("CMND"), ["card", "install"]);
  assert.deepEqual(ids("căn cước"), ["card", "install"]);
  assert.deepEqual(ids("can cuoc"), ["card", "install"]);
});

test("mất điện thoại finds what says so or the same, before what only has the words", () => {
  assert.deepEqual(ids("mất điện thoại"), ["member", "sign_in", "benefits"]);
  assert.deepEqual(ids("mat dien thoai"), ["member", "sign_in", "benefits"]);
});

test("what members say of a locked SIM finds the guide that verifies it, first", () => {
  const guides = [
    guide("bills", "Trả tiền điện", "<p>Khóa sổ, không gọi. Sim được.</p>"),
    guide("sim_verify", "Xác thực sim chính chủ", "<p>Chủ sim tự làm.</p>"),
  ];
  for (const query of [
    "khóa sim",
    "sim bị khóa",
    "bị khóa một chiều",
    "không gọi được",
    "thuê bao",
    "doi sim",
    "lắp sim",
  ])
    assert.equal(searchGuides(guides, query)[0]?.guide.id, "sim_verify", query);
});

test("a part of a syllable finds nothing, its beginning does while it is typed", () => {
  assert.deepEqual(ids("an"), ["benefits"]); // not căn, bạn, bấm
  assert.deepEqual(ids("n chip"), []);
  assert.deepEqual(ids("ngu"), ["steps"]);
  assert.deepEqual(ids("to ng"), ["member", "steps"]);
  assert.deepEqual(ids("t ng"), []);
});

test("marks that were typed count, unless nothing has them", () => {
  assert.deepEqual(ids("mật"), ["sign_in"]);
  assert.deepEqual(ids("mạt khau"), ["sign_in"]);
});

test("the excerpt shows what was found; what a title says needs none", () => {
  const [first, second] = searchGuides(GUIDES, "mất điện thoại");
  assert.equal(first.excerpt, "Mất điện thoại thì sao? Báo ngay.");
  assert.equal(second.excerpt, "Máy bị mất? Báo nhà mạng.");
  assert.equal(searchGuides(GUIDES, "cccd")[0].excerpt, "");
});

test("no phrase stands in two groups of synonyms", () => {
  const all = SYNONYMS.flat();
  assert.equal(new Set(all).size, all.length);
  assert.ok(all.every((phrase) => phrase === phrase.toLowerCase()));
});
