"""*Mẫu báo cáo*: who signs a commune's reports, to whom they go, and under which series of numbers."""
