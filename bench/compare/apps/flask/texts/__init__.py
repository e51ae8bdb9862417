"""A list of texts, which people who sign in may add, edit and delete."""

import os

import click
from flask import Flask
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from werkzeug.security import generate_password_hash

db = SQLAlchemy()
login_manager = LoginManager()
login_manager.login_view = "views.login"
csrf = CSRFProtect()


def create_app():
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///texts.sqlite"),
        SESSION_COOKIE_SAMESITE="Lax",
    )
    db.init_app(app)
    login_manager.init_app(app)
    csrf.init_app(app)
    from . import views

    app.register_blueprint(views.blueprint)
    app.cli.add_command(init_db)
    app.cli.add_command(add_user)
    return app


@click.command("init-db")
def init_db():
    """Make the tables."""
    db.create_all()


@click.command("add-user")
@click.argument("name")
@click.password_option()
def add_user(name, password):
    """Add somebody who may sign in."""
    from .models import User

    db.session.add(User(name=name, password=generate_password_hash(password)))
    db.session.commit()
