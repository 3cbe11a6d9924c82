"""`python -m gan`: train, generate and evaluate from the shell."""

from gan.shell import main

main()
