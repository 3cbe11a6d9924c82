"""The browser of the tests is whole: it draws letters, runs WebGL, and plays by the rules of the web."""

from playwright.sync_api import Browser, Page


def test_it_draws_letters_and_webgl(page: Page) -> None:
    page.set_content("<h1 style='display:inline'>Räume, die es nie gab</h1>")
    width = page.evaluate("document.querySelector('h1').getBoundingClientRect().width")
    assert width > 100
    assert page.evaluate("document.createElement('canvas').getContext('webgl2') !== null")


def test_contexts_are_apart(browser: Browser) -> None:
    with browser.new_context() as one, browser.new_context() as other:
        one.add_cookies([{"name": "seen", "value": "1", "url": "http://127.0.0.1/"}])
        assert other.cookies() == []
