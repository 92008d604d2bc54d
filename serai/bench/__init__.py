"""Measurements that anybody can repeat: `serai bench …`. Each runs in a database of its own."""
