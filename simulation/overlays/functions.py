"""Lambda: moto's code addresses lead to AWS; ours lead to a bucket of the simulation, which asks for no real signature.

Moto also cannot list a function's URLs; ours lists the one that it can hold.
"""

import json
from typing import Any

from moto.awslambda import urls
from moto.awslambda.responses import LambdaResponse
from moto.s3.models import s3_backends

from simulation.overlays import Ground
from simulation.saying import route, say

CODE = "awslambda-{region}-{account}-tasks"


def lay(ground: Ground) -> None:
    del ground
    functions: Any = LambdaResponse
    answered = functions.get_function

    def get_function(response: Any) -> str:
        return with_address(response, json.loads(answered(response)))

    functions.get_function = get_function
    route(urls, functions, r"/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/urls/?")
    say(functions, {"list_function_url_configs": list_function_url_configs})


def with_address(response: Any, answer: dict[str, Any]) -> str:
    """The answer with an address at which the code can be had from this very server."""
    name = answer["Configuration"]["FunctionName"]
    function = response.backend.get_function(name)
    bucket = CODE.format(region=response.region, account=response.current_account)
    store = s3_backends[response.current_account]["aws"]
    if bucket not in store.buckets:
        store.create_bucket(bucket, response.region)
    store.put_object(bucket, name, function.code_bytes)
    address = f"http://{response.headers['Host']}/{bucket}/{name}?X-Amz-Signature=simulated"
    return json.dumps({**answer, "Code": {"RepositoryType": "S3", "Location": address}})


def list_function_url_configs(response: Any) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionUrlConfigs.html"""
    found = response.backend.get_function(response._get_param("FunctionName")).url_config
    return {"FunctionUrlConfigs": [found.to_dict()] if found else []}
