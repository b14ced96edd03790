"""Charts as native objects of a workbook: drawn by the spreadsheet program from cells, and so still alive there."""
