"""What is made of the figures: targets, tables, a chart, the document."""
