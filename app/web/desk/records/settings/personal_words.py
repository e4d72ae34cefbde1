"""The codes of what is stored about whom, in words: of each closed set all, or nothing starts."""

from app.core.personal_data.codes import DataKind, LegalBasis, Purpose, Reader, Subject, Term
from app.core.strings import labels, lazy

SUBJECTS = labels(
    Subject,
    {
        Subject.HOUSEHOLD: lazy("Hộ dân"),
        Subject.MEMBER: lazy("Thành viên tổ"),
        Subject.STAFF: lazy("Cán bộ, người vận hành, người xem cấp tỉnh"),
        Subject.PERSON: lazy("Mọi người đăng nhập"),
    },
)
KINDS = labels(
    DataKind,
    {
        DataKind.ADDRESS: lazy("Tên chủ hộ, số nhà, ngõ"),
        DataKind.HOUSEHOLD_PHONE: lazy("Số điện thoại của hộ"),
        DataKind.HOUSEHOLD_FACT: lazy("Có thiết bị thông minh không, có kinh doanh không"),
        DataKind.CONSENT: lazy("Việc đồng ý, rút đồng ý cho số điện thoại"),
        DataKind.VISITED: lazy("Lượt thăm, việc đã hướng dẫn, nhu cầu, lịch hẹn"),
        DataKind.NOTE: lazy("Ghi chú của lượt thăm"),
        DataKind.REVIEW_NOTE: lazy("Lời nhắn khi trả lại lượt thăm, và trả lời của người ghi"),
        DataKind.OLD_CONTENT: lazy("Nội dung trước khi sửa"),
        DataKind.QUARANTINED: lazy("Mục chờ xử lý đã nhận hoặc bỏ"),
        DataKind.REFUSED: lazy("Bản ghi bị từ chối"),
        DataKind.IMPORTED: lazy("Danh sách hộ đã nhập"),
        DataKind.REQUEST: lazy("Yêu cầu của bà con"),
        DataKind.ERASED: lazy("Dấu để hộ đã xóa không quay lại"),
        DataKind.MEMBER_NAME: lazy("Họ và tên (cả của cán bộ)"),
        DataKind.MEMBERSHIP: lazy("Vai trò, tổ và thời gian ở tổ"),
        DataKind.CONTACT_PHONE: lazy("Số để tổ gọi"),
        DataKind.MEMBER_PHONE: lazy("Số điện thoại để đăng nhập"),
        DataKind.AUTHOR: lazy("Ai ghi, nhập hoặc bỏ lượt thăm"),
        DataKind.FLAG: lazy("Dấu hiệu cần xem của lượt và ngày"),
        DataKind.OLD_AUTHOR: lazy("Ai viết nội dung trước khi sửa"),
        DataKind.RECORDER: lazy("Ai ghi buổi tuyên truyền"),
        DataKind.REQUEST_WRITER: lazy("Ai ghi yêu cầu của bà con"),
        DataKind.REMARK: lazy("Ý kiến cho báo cáo"),
        DataKind.OLD_REMARK: lazy("Buổi và ý kiến trước khi sửa"),
        DataKind.SENDER: lazy("Máy nào gửi bản ghi nào"),
        DataKind.PHONE: lazy("Máy và lần liên hệ"),
        DataKind.CALL: lazy("Ghi chú cuộc gọi"),
        DataKind.LOST_PHONE: lazy("Biên bản máy bị mất"),
        DataKind.CARD_CHECK: lazy("Các lần kiểm tra thẻ thành viên"),
        DataKind.INVITE: lazy("Mã mời"),
        DataKind.DESK_ACCOUNT: lazy("Tên đăng nhập, bộ lọc đã lưu"),
        DataKind.DECIDED: lazy("Ai quyết định, vì sao"),
        DataKind.LOG: lazy("Nhật ký"),
        DataKind.FACTOR: lazy("Xác thực hai lớp"),
        DataKind.LOST_FACTOR: lazy("Báo mất lớp xác thực"),
        DataKind.RESET: lazy("Ai đặt lại mật khẩu"),
        DataKind.SESSION: lazy("Phiên đăng nhập"),
        DataKind.LINK: lazy("Đường dẫn đặt mật khẩu"),
        DataKind.BROWSER: lazy("Trình duyệt đã đăng nhập"),
        DataKind.FAILURE: lazy("Số lần đăng nhập sai"),
    },
)
PURPOSES = labels(
    Purpose,
    {
        Purpose.LIST: lazy("Biết có hộ nào và tìm lại được"),
        Purpose.CONTACT: lazy("Gọi trước khi đến"),
        Purpose.HELP: lazy("Giúp đúng việc hộ cần"),
        Purpose.REPORTS: lazy("Báo cáo việc đã làm"),
        Purpose.REVIEW: lazy("Kiểm tra và sửa cho đúng"),
        Purpose.TEAMS: lazy("Phân công và đăng nhập"),
        Purpose.SECURITY: lazy("Phát hiện và ngăn dùng trái phép"),
        Purpose.SYNC: lazy("Không mất bản ghi nào"),
        Purpose.RIGHTS: lazy("Trả lời yêu cầu về dữ liệu"),
        Purpose.DECISIONS: lazy("Biết ai đã quyết định việc gì"),
    },
)
BASES = labels(
    LegalBasis,
    {
        LegalBasis.LIST: lazy("Căn cứ đã chọn cho danh sách hộ"),
        LegalBasis.CONSENT: lazy("Hộ đồng ý"),
        LegalBasis.WORK: lazy("Công việc của người đó"),
        LegalBasis.LAW: lazy("Pháp luật về bảo vệ dữ liệu yêu cầu"),
    },
)
READERS = labels(
    Reader,
    {
        Reader.NOBODY: lazy("không ai, chỉ máy chủ"),
        Reader.AUTHOR: lazy("người ghi"),
        Reader.OWNER: lazy("chính người đó"),
        Reader.TEAM: lazy("tổ của thôn"),
        Reader.MEMBERS: lazy("các thành viên"),
        Reader.SUPERVISOR: lazy("cán bộ"),
        Reader.OPERATOR: lazy("người vận hành"),
        Reader.PROVINCE: lazy("cấp tỉnh, khi được chia sẻ"),
    },
)
TERMS = labels(
    Term,
    {
        Term.LISTED: lazy("đến khi hộ yêu cầu xóa"),
        Term.RECORDS: lazy("theo hồ sơ lưu trữ"),
        Term.ACCOUNT: lazy("theo tài khoản"),
        Term.APPOINTMENT: lazy("đến khi hết hẹn quay lại, hoặc hộ rút đồng ý"),
        Term.LOG: lazy("60 tháng từ khi ghi"),
        Term.VISIT: lazy("24 tháng từ khi nhận lượt thăm"),
        Term.VERSION: lazy("12 tháng từ khi nhận"),
        Term.IMPORTED: lazy("12 tháng từ khi tải danh sách lên"),
        Term.CALL: lazy("12 tháng từ cuộc gọi"),
        Term.LEFT: lazy("90 ngày sau khi người đó thôi"),
        Term.DECIDED: lazy("90 ngày sau khi quyết định"),
        Term.REFUSED: lazy("90 ngày sau khi bị từ chối"),
        Term.FINISHED: lazy("90 ngày sau khi xong"),
        Term.SESSION: lazy("90 ngày sau khi hết phiên"),
        Term.BROWSER: lazy("400 ngày sau lần dùng cuối"),
        Term.LINK: lazy("đến khi dùng hoặc hết hạn"),
        Term.UNCONFIRMED: lazy("7 ngày nếu chưa xác nhận"),
        Term.WINDOW: lazy("vài phút"),
    },
)
