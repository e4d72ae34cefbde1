"""What installs and releases Từng Nhà (docs/deploy.md)."""
