// The hamlet of practice: nobody in it is a real person.

/** As a phone has it of a commune. */
export const COMMUNE = { id: "xa-mau", name: "Xã Mẫu" };
export const HAMLET = { id: "thon-mau", name: "Thôn Mẫu" };

/** The household that *Tìm một hộ* is about. */
export const SOUGHT = householdId(18);

/** House number, alley and head, in the order of addresses. */
const ADDRESSES = [
  ["2", "Ngõ Giếng", "Phạm Văn Lúa"],
  ["4", "Ngõ Giếng", "Hoàng Thị Ngô"],
  ["6", "Ngõ Giếng", "Vũ Văn Khoai"],
  ["8", "Ngõ Giếng", "Đỗ Thị Sắn"],
  ["10", "Ngõ Giếng", "Bùi Văn Đậu"],
  ["12", "Ngõ Giếng", "Lê Thị Lạc"],
  ["1", "Ngõ Đình", "Trần Văn Vừng"],
  ["3", "Ngõ Đình", "Nguyễn Thị Kê"],
  ["5", "Ngõ Đình", "Dương Văn Mít"],
  ["7", "Ngõ Đình", "Lý Thị Ổi"],
  ["9", "Ngõ Đình", "Ngô Văn Bưởi"],
  ["11", "Ngõ Đình", "Đinh Thị Cam"],
  ["1", "Ngõ Ao", "Mai Văn Quýt"],
  ["2", "Ngõ Ao", "Trịnh Thị Na"],
  ["3", "Ngõ Ao", "Đoàn Văn Vải"],
  ["4", "Ngõ Ao", "Lương Thị Nhãn"],
  ["5", "Ngõ Ao", "Phan Văn Xoài"],
  ["6", "Ngõ Ao", "Đặng Thị Sung"],
  ["", "Ngõ Đồi", "Hồ Văn Chanh"],
  ["", "Ngõ Đồi", "Cao Thị Khế"],
  ["", "Ngõ Đồi", "Tạ Văn Dừa"],
  ["", "Ngõ Đồi", "Đào Thị Mận"],
  ["", "Ngõ Đồi", "Lưu Văn Hồng"],
  ["", "Ngõ Đồi", "Chu Thị Lê"],
];

/** Its households, as an exchange brings them. */
export const HOUSEHOLDS = ADDRESSES.map(([house_no, alley, head_name], index) => ({
  id: householdId(index + 1),
  hamlet_id: HAMLET.id,
  head_name,
  house_no,
  alley,
  phone: null,
  state: "active",
  version: 1,
  met_on: null,
  feed_seq: index + 1,
}));

function householdId(number: number) {
  return `ho-mau-${number}`;
}
