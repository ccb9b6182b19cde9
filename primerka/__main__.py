from primerka.cli import main

main()
