"""A Streamlit app with a button and an upload."""

import streamlit as st

st.title("Streamlit here")

name = st.text_input("Name", "Ada")
if st.button("Greet"):
    st.write(f"Hello {name}!")

upload = st.file_uploader("A file")
if upload is not None:
    st.write(f"{upload.name} has {len(upload.getvalue())} bytes.")
