"""*Thẻ thành viên*: by which a household that calls the commune learns whether its visitor is a member.

The commune reads out four digits, the member's phone makes six of them with a secret that only this phone
and the server have, and the desk compares (docs/decisions/0172-a-card-is-checked-by-telephone.md).
"""
