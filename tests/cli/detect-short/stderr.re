^warning: none of 40 rows was scored
