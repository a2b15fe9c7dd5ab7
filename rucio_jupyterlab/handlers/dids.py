"""Searching, looking at and opening DIDs."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.handlers.base import answering
from rucio_jupyterlab.handlers.parsing import (
    SEARCH_TYPES,
    choice,
    json_argument,
    required,
    whole_number,
    yes_or_no,
)
from rucio_jupyterlab.handlers.streaming import ListHandler
from rucio_jupyterlab.services.browse import parse_filters


class DidsHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        filters = self.get_query_argument("filters", "")
        limit = whole_number("limit", self.get_query_argument("limit", None), least=1)
        rows = self.services.browse.search(
            self.instance(name),
            scope=required("scope", self.get_query_argument("scope", None)).strip(),
            name=self.get_query_argument("name", "").strip(),
            type=choice("type", self.get_query_argument("type", "all"), SEARCH_TYPES),
            filters=parse_filters(json_argument("filters", filters)) if filters else None,
            recursive=yes_or_no("recursive", self.get_query_argument("recursive", "")),
            limit=limit,
        )
        await self.answer_list(rows, limit)


class ScopesHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        await self.answer_list(self.services.browse.scopes(self.instance(name)))


class MetadataKeysHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        await self.answer_list(self.services.metadata_keys.list_keys(self.instance(name)))


class DidHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        did = Did.parse(required("did", self.get_query_argument("did", None)))
        details = self.services.browse.details(self.instance(name), did)
        self.answer(await self.while_wanted(details))


class DidContentHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        did = Did.parse(required("did", self.get_query_argument("did", None)))
        await self.answer_list(self.services.browse.content(self.instance(name), did))


class DidFilesHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        did = Did.parse(required("did", self.get_query_argument("did", None)))
        offset = whole_number("offset", self.get_query_argument("offset", None), least=0) or 0
        limit = whole_number("limit", self.get_query_argument("limit", None), least=1)
        rows = self.services.browse.files(self.instance(name), did, offset)
        await self.answer_list(rows, limit)


class DidReplicasHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        did = Did.parse(required("did", self.get_query_argument("did", None)))
        await self.answer_list(self.services.replicas.list_replicas(self.instance(name), did))


class DidRulesHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        did = Did.parse(required("did", self.get_query_argument("did", None)))
        await self.answer_list(self.services.parents.list_rules(self.instance(name), did))


class DidParentsHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        did = Did.parse(required("did", self.get_query_argument("did", None)))
        await self.answer_list(self.services.parents.list_parents(self.instance(name), did))
