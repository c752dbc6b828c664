"""
The pages of the proofreading desk: server-rendered, usable without JavaScript.

Contract: routes are thin; they read a form, call one action and show or redirect. `routes.router`
holds them all, `errors.error_page` answers what could not be done.
"""
