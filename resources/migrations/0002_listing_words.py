"""Once made the text index over the listings' words; 0003 makes it in its present form, and drops this one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("resources", "0001_initial")]

    operations = []
