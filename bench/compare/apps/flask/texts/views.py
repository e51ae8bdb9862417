"""What is shown, and what is done."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_login import login_required, login_user, logout_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.security import check_password_hash

from . import db
from .forms import LoginForm, TextForm
from .models import Text, User

blueprint = Blueprint("views", __name__)


def page_of_texts():
    return db.paginate(select(Text).order_by(Text.title, Text.id), per_page=20)


def summary(text):
    return {"title": text.title, "url": url_for("views.show", id=text.id)}


@blueprint.get("/")
def index():
    return render_template("index.html", page=page_of_texts())


@blueprint.get("/json")
def index_json():
    return jsonify([summary(text) for text in page_of_texts()])


@blueprint.post("/json")
@login_required
def add_json():
    data = request.get_json()
    form = TextForm(MultiDict(data if isinstance(data, dict) else {}), meta={"csrf": False})
    if not form.validate():
        return {"errors": form.errors}, 422
    text = Text(title=form.title.data, text=form.text.data)
    db.session.add(text)
    db.session.commit()
    return summary(text), 201


@blueprint.route("/add", methods=["GET", "POST"])
@login_required
def add():
    form = TextForm()
    if form.validate_on_submit():
        text = Text()
        form.populate_obj(text)
        db.session.add(text)
        db.session.commit()
        return redirect(url_for("views.show", id=text.id), 303)
    return render_template("form.html", form=form), 422 if form.errors else 200


@blueprint.get("/<int:id>")
def show(id):
    return render_template("text.html", text=db.get_or_404(Text, id))


@blueprint.get("/<int:id>/json")
def show_json(id):
    text = db.get_or_404(Text, id)
    return {**summary(text), "text": text.text}


@blueprint.route("/<int:id>/edit", methods=["GET", "POST"])
@login_required
def edit(id):
    text = db.get_or_404(Text, id)
    form = TextForm(obj=text)
    if form.validate_on_submit():
        form.populate_obj(text)
        db.session.commit()
        return redirect(url_for("views.show", id=text.id), 303)
    return render_template("form.html", form=form), 422 if form.errors else 200


@blueprint.post("/<int:id>/delete")
@login_required
def delete(id):
    text = db.get_or_404(Text, id)
    db.session.delete(text)
    db.session.commit()
    flash(f"Deleted {text.title}")
    return redirect(url_for("views.index"), 303)


@blueprint.route("/login", methods=["GET", "POST"])
def login():
    form = LoginForm()
    if form.validate_on_submit():
        user = db.session.scalar(select(User).filter_by(name=form.name.data))
        if user and check_password_hash(user.password, form.password.data):
            login_user(user)
            target = request.args.get("next", "")
            parts = urlsplit(target)
            safe = target.startswith("/") and not parts.scheme and not parts.netloc and "\\" not in target
            return redirect(target if safe else url_for("views.index"), 303)
        form.password.errors.append("The name or the password is wrong.")
    return render_template("login.html", form=form), 422 if form.errors else 200


@blueprint.post("/logout")
@login_required
def logout():
    logout_user()
    return redirect(url_for("views.index"), 303)
