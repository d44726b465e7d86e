from django.db import migrations

from resources.migrations._operations import TEXT_INDEX_AGAIN


class Migration(migrations.Migration):
    dependencies = [("resources", "0007_merge_organizations")]

    operations = [TEXT_INDEX_AGAIN]
