"""What is kept in the database."""

from flask_login import UserMixin
from sqlalchemy import Text as LongText
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from . import db, login_manager


class User(UserMixin, db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    password: Mapped[str] = mapped_column(String(200))


class Text(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100), index=True)
    text: Mapped[str] = mapped_column(LongText)


@login_manager.user_loader
def load_user(user_id):
    return db.session.get(User, int(user_id))
