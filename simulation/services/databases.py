"""RDS in prod-web: a PostgreSQL instance, and an Aurora cluster with one instance."""

from typing import Any

from simulation.organisation import PROD_WEB, Cloud, Estate
from simulation.services import Window

MASTER = {"MasterUsername": "postgres", "MasterUserPassword": "of-the-simulation"}


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del estate, window
    rds = cloud.client("rds", PROD_WEB)
    size = {"DBInstanceClass": "db.t3.medium"}
    rds.create_db_instance(DBInstanceIdentifier="invoices", Engine="postgres", AllocatedStorage=20, **size, **MASTER)
    rds.create_db_cluster(DBClusterIdentifier="orders", Engine="aurora-postgresql", **MASTER)
    member = {"DBInstanceIdentifier": "orders-1", "DBClusterIdentifier": "orders"}
    rds.create_db_instance(**member, Engine="aurora-postgresql", **size)
    return {"instance": "invoices", "cluster": "orders", "member": "orders-1"}
