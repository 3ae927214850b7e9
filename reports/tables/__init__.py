"""Tables: records turned into the rows that pages and exports show. Pure functions, no markup."""
