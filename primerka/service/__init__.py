"""The shop: a web service that shows a catalogue on the buyer."""
