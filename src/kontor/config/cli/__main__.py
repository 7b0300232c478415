from kontor.config.cli.main import main

main()
