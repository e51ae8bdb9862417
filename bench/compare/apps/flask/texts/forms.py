"""What people fill in."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length


class TextForm(FlaskForm):
    title = StringField("Title", [DataRequired(), Length(max=100)])
    text = TextAreaField("Text", [DataRequired()])


class LoginForm(FlaskForm):
    name = StringField("Name", [DataRequired()])
    password = PasswordField("Password", [DataRequired()])
