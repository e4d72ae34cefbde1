"""The invented people of the demo commune, its hamlets, and what stands out in it."""

COMMUNE = "06391"
SUPERVISOR = ("Hoàng Văn Bình", "can-bo", "tung-nha-demo")
# Of the commune's province.
VIEWER = ("Lê Thị Hà", "tinh", "tung-nha-demo")
# The number that teams may call the supervisor at.
CONTACT_PHONE = "0900000014"
# hamlet, households, its alleys
HAMLETS = (
    ("Thôn Đông", 68, ("Ngõ 1", "Ngõ 2", "Ngõ 3")),
    ("Thôn Tây", 74, ("Ngõ Giếng", "Ngõ Đình", "Cạnh nhà văn hóa")),
    ("Bản Khau Dề", 61, ("Đầu bản", "Cuối bản", "Trên đồi")),
    ("Thôn Nà Lùng", 83, ("Xóm Trong", "Xóm Ngoài")),
    ("Tổ dân phố số 1", 92, ("Ngõ 12", "Ngõ 20", "Ngõ 34")),
    ("Thôn Pác Mỏ", 57, ("Bờ suối", "Gần trạm y tế")),
)
# Two volunteers for each hamlet, the first two named in the README.
VOLUNTEERS = (
    ("Nguyễn Thị Lan", "0900000001", "10000001"),
    ("Lý Văn Tài", "0900000003", "10000003"),
    ("Trần Văn Nam", "0900000002", "10000002"),
    ("Hoàng Thị Mến", "0900000004", "10000004"),
    ("Triệu Thị Sen", "0900000005", "10000005"),
    ("Nông Văn Thắng", "0900000006", "10000006"),
    ("Vi Thị Hạnh", "0900000007", "10000007"),
    ("Lương Văn Quý", "0900000008", "10000008"),
    ("Phạm Thị Tuyết", "0900000009", "10000009"),
    ("Đỗ Minh Khôi", "0900000010", "10000010"),
    ("Hứa Thị Liên", "0900000011", "10000011"),
    ("Mông Văn Sự", "0900000012", "10000012"),
)
# In this hamlet somebody invented visits yesterday evening, and a household was recorded twice.
INVENTED_IN, INVENTED, INVENTED_NOTE = "Thôn Nà Lùng", 44, "Đã hướng dẫn cài VNeID, gia đình đồng ý"
SILENT, UNSENT, LOST, NEVER_SIGNED_IN = "Mông Văn Sự", "Phạm Thị Tuyết", "Đỗ Minh Khôi", "Lò Thị Hoa"
FAMILIES = ("Nguyễn Trần Lê Phạm Hoàng Vi Nông Lý Triệu Hứa Đặng Lương Đỗ Vũ Bùi Ngô Dương Chu").split()
MEN = "Văn Đình Đức Minh Hữu Quang Công".split()
MEN_NAMES = ("Đức Hùng Sơn Hòa Thắng Dũng Tuấn Long Quý Phúc Tiến Lâm Bảo Cường Khánh Ước Điệp Toàn").split()
WOMEN_NAMES = ("Mai Hoa Ánh Thu Hương Yến Ngọc Thảo Xuân Liễu Bích Ước Nhàn Duyên Lệ Huệ Phượng Thắm").split()
NOTES = (
    "",
    "",
    "",
    "",
    "Nhà có người lớn tuổi, cần quay lại hướng dẫn thêm.",
    "Điện thoại cũ, bộ nhớ đầy.",
    "Hẹn buổi tối sau giờ làm đồng.",
)
DAYS = 60
TEAM_NAME, DEVICE_NAME, WOMENS_MIDDLE_NAME, AGAIN_NOTE = (
    "Tổ công nghệ số",
    "Dữ liệu mẫu",
    "Thị",
    "Hướng dẫn lại",
)
SESSION_PLACES = ("Nhà văn hóa", "Sân trường tiểu học")
# She leads the team of her hamlet.
LEADER, LED_HAMLET = "Triệu Thị Sen", "Bản Khau Dề"
# Days ago, kind, text.
LEADERS_REMARKS = (
    (6, "difficulty", "Cuối bản chưa có sóng, phải mời bà con ra nhà văn hóa mới cài được."),
    (3, "practice", "Đi cùng trưởng bản vào buổi tối, nhà nào cũng có người."),
    (36, "difficulty", "Nhiều người lớn tuổi dùng điện thoại bàn phím."),
)
SUPERVISORS_REMARKS = (
    (2, "difficulty", "Đề nghị tỉnh hỗ trợ thêm một buổi làm căn cước lưu động trong tháng."),
    (2, "practice", "Hẹn trước qua loa truyền thanh, số nhà vắng giảm rõ."),
    (33, "practice", "Con cháu trong nhà cùng ngồi học thì người lớn tuổi nhớ lâu hơn."),
)
