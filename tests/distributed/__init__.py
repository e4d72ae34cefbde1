"""An instance whose communes are on several machines: a Citus cluster on loopback (`make distributed`)."""
