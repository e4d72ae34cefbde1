"""Within how many hours of its detection a breach or an incident is told to the authorities.

Luật 91/2025/QH15 article 23, NĐ 356/2025/NĐ-CP articles 28 and 29 (the authority for personal data); NĐ
331/2026/NĐ-CP article 31.2.d (the Ministry of Public Security). Checked on 29/11/2026.
"""

from datetime import timedelta

NOTICE, SERIOUS_INCIDENT, INCIDENT = timedelta(hours=72), timedelta(hours=24), timedelta(hours=72)
