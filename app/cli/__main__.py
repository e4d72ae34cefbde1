from app.cli import cli

if __name__ == "__main__":  # the processes of `serve --workers` import this module
    cli()
