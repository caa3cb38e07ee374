"""AWS Backup in prod-web: a vault with a recovery point of the instance's disk."""

from typing import Any

from simulation.organisation import HOME_REGION, PROD_WEB, Cloud, Estate
from simulation.saying import shelf
from simulation.services import Window

NAME = "acme-nightly"
HERE = f"{HOME_REGION}:{PROD_WEB.number}"


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    backup = cloud.client("backup", PROD_WEB)
    arn = backup.create_backup_vault(BackupVaultName=NAME)["BackupVaultArn"]
    point = {
        "RecoveryPointArn": f"arn:aws:ec2:{HOME_REGION}::image/ami-0backup00000000001",
        "BackupVaultName": NAME,
        "BackupVaultArn": arn,
        "ResourceArn": f"arn:aws:ec2:{HERE}:instance/{estate.instance}",
        "ResourceType": "EC2",
        "Status": "COMPLETED",
        "CreationDate": window[0],
    }
    shelf("backup", PROD_WEB.number, HOME_REGION).append(("RecoveryPoints", point))
    return {"vault": NAME}
