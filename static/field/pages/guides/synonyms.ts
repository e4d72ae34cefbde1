// Words of members and words of guides for the same thing. Who searches for one of a line finds the others too.

export const SYNONYMS = [
  ["cccd", "cmnd", "cmt", "căn cước", "chứng minh nhân dân", "chứng minh thư"],
  ["mất điện thoại", "mất máy", "máy bị mất", "mất sim"],
  [
    "xác thực sim",
    "sim chính chủ",
    "khóa sim",
    "sim bị khóa",
    "thuê bao",
    "khóa một chiều",
    "khóa hai chiều",
    "không gọi được",
    "không gọi đi được",
    "đổi sim",
    "chuyển sim",
    "lắp sim",
  ],
  ["bhyt", "bảo hiểm y tế", "thẻ bảo hiểm"],
  ["bhxh", "bảo hiểm xã hội"],
  ["dvc", "dịch vụ công"],
  ["gplx", "bằng lái", "giấy phép lái xe"],
  ["stk", "số tài khoản"],
  ["hkd", "hộ kinh doanh"],
  ["mã xác thực", "mã otp"],
  ["facebook", "zalo", "mạng xã hội"],
];
