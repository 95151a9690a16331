"""Pure rules: values and an instant in, reasons out (a list of plain words; empty means yes). No database, no clock, no request."""
