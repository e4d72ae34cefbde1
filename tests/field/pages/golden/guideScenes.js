// Scenes of Cẩm nang.

import { lansPhone } from "../../support/pageHarness.js";

async function phoneWithGuides() {
  const phone = await lansPhone();
  const html =
    "<h2>Các bước</h2>\n<ol>\n<li><strong>Mở</strong> VNeID, quên mật khẩu thì bấm Quên mật khẩu.</li>\n</ol>";
  phone.server.guide("scam_warning", { pillar: "team", order: 30, title: "Nhận biết lừa đảo", html, is_own: true });
  phone.server.guide("vneid_install", { order: 110, title: "Cài VNeID", html: "<p>VNeID của Bộ Công an.</p>" });
  phone.server.guide("vietqr", { pillar: "cashless", order: 230, title: "Quét VietQR", html, steps: STEPS });
  phone.server.guide("vssid", { pillar: "more", order: 420, title: "VssID, bảo hiểm xã hội", html });
  await phone.sync();
  return phone;
}

/** The guides, and two that the commune has added for one service that the library has no guide of. */
async function phoneWithAddedGuides() {
  const phone = await phoneWithGuides();
  const added = { pillar: "cashless", services: ["own_fee"], html: "<p>Quét mã.</p>", is_own: true };
  phone.server.guide("own-1", { ...added, order: 100001, title: "Đóng phí rác" });
  phone.server.guide("own-2", { ...added, order: 100002, title: "Hỏi <phí> rác", services: ["bills", "own_fee"] });
  await phone.sync();
  return phone;
}

const FORM = "%2Ffield%2Fhouseholds%2Fh12%2Fvisit";
const STEPS = [
  { picture: "ma-qr", title: "Bấm Quét QR", text: "Mở ứng dụng <ngân hàng>, đưa máy vào mã." },
  { picture: "tien", title: "Nhập số tiền", text: "Đọc lại một lần rồi mới bấm." },
  { picture: "xong", title: "Chờ báo thành công", text: "Cho người nhận xem màn hình của mình." },
];

export const GUIDES = {
  "guides/all": async () => ({ phone: await phoneWithGuides(), address: "/field/guides" }),
  "guides/found": async () => ({ phone: await phoneWithGuides(), address: "/field/guides?q=mat+khau" }),
  "guides/found_by_title": async () => ({ phone: await phoneWithGuides(), address: "/field/guides?q=vneid" }),
  "guides/none_found": async () => ({ phone: await phoneWithGuides(), address: "/field/guides?q=khong-co" }),
  "guides/not_downloaded": async () => {
    const phone = await lansPhone();
    await phone.sync();
    return { phone, address: "/field/guides" };
  },
  "guide/own": async () => ({ phone: await phoneWithGuides(), address: "/field/guides/scam_warning" }),
  "guide/of_a_service": async () => ({
    phone: await phoneWithAddedGuides(),
    address: `/field/guides/own_fee?from=${FORM}`,
  }),
  "guide/from_a_form": async () => ({
    phone: await phoneWithGuides(),
    address: `/field/guides/vneid_install?from=${FORM}`,
  }),
  "guide/with_steps": async () => ({ phone: await phoneWithGuides(), address: "/field/guides/vietqr" }),
  "guide/whole_from_a_form": async () => ({
    phone: await phoneWithGuides(),
    address: `/field/guides/vietqr?whole=1&from=${FORM}`,
  }),
  "guide_steps/first_from_a_form": async () => ({
    phone: await phoneWithGuides(),
    address: `/field/guides/vietqr?from=${FORM}`,
  }),
  "guide_steps/second": async () => ({ phone: await phoneWithGuides(), address: "/field/guides/vietqr/steps?step=2" }),
  "guide_steps/last_of_too_high_a_number": async () => ({
    phone: await phoneWithGuides(),
    address: `/field/guides/vietqr/steps?step=99&from=${FORM}`,
  }),
};
