"""
The language of the interface: which one a person reads, its words, its dates and numbers.

Contract: English is written in the code and the templates; another language is a catalogue under
`service/web/locale`. Letters, placeholders and what writers are told never pass through here.
"""
