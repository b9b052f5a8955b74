"""The environment variables Yudi reads: each declared once, with its meaning in Chinese and English.

`settings_doc` renders docs/settings.md from `VARIABLES`; a test fails when the page is stale. Kept free of Django, because the
settings are being made when this is imported.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class ImproperEnvironment(ValueError):
    """An environment variable is missing or unusable; the message names it in Chinese and English."""


def as_bool(text: str) -> bool:
    if text.strip().lower() in TRUE:
        return True
    if text.strip().lower() in FALSE:
        return False
    raise ValueError("是/否：1、true、yes、on 或 0、false、no、off (a yes/no value)")


def as_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def as_int(text: str) -> int:
    return int(text)


def as_optional_float(text: str) -> float | None:
    return float(text) if text.strip() else None


def as_patterns(text: str) -> dict[int, str]:
    """Level (2 to 4) to a regular expression that compiles."""
    levels = {"prefecture": 2, "county": 3, "township": 4}
    try:
        given = json.loads(text or "{}")
        found = {levels[name]: re.compile(pattern).pattern for name, pattern in given.items()}
    except (AttributeError, KeyError, TypeError, re.error, json.JSONDecodeError) as error:
        raise ValueError('例如 {"county": "[0-9]{3}"} (a JSON object from level to regular expression)') from error
    return found


@dataclass(frozen=True)
class Variable:
    name: str
    help_zh: str
    help_en: str
    default: str | None = None
    parse: Callable[[str], Any] = str
    required_in_production: bool = False
    secret: bool = False

    def read(self, *, required: bool = False) -> Any:
        text = os.environ.get(self.name, self.default)
        if text is None or (required and not text.strip()):
            raise ImproperEnvironment(f"环境变量 {self.name} 未设置：{self.help_zh} / {self.name} is not set: {self.help_en}")
        try:
            return self.parse(text)
        except ValueError as error:
            raise ImproperEnvironment(f"环境变量 {self.name} 的值不能用 / {self.name} is not usable: {error}") from error


VARIABLES: dict[str, Variable] = {}


def declare(name: str, help_zh: str, help_en: str, **options: Any) -> Variable:
    """Registers a variable; the same name twice is a programming error."""
    if name in VARIABLES:
        raise RuntimeError(f"{name} is declared twice")
    VARIABLES[name] = Variable(name, help_zh, help_en, **options)
    return VARIABLES[name]


SECRET_KEY = declare(
    "YUDI_SECRET_KEY",
    "会话与表单签名用的密钥，至少 50 个随机字符",
    "Key that signs sessions and forms; at least 50 random characters",
    default="",
    required_in_production=True,
    secret=True,
)
ALLOWED_HOSTS = declare(
    "YUDI_ALLOWED_HOSTS",
    "允许访问的主机名，用逗号分开",
    "Host names the site answers to, separated by commas",
    default="",
    parse=as_list,
    required_in_production=True,
)
TRUSTED_ORIGINS = declare(
    "YUDI_TRUSTED_ORIGINS",
    "可信来源（含协议），用逗号分开，例如 https://qh.example.gov.cn",
    "Trusted origins with their scheme, separated by commas",
    default="",
    parse=as_list,
)
PUBLIC_URL = declare(
    "YUDI_PUBLIC_URL",
    "公众访问本系统的地址（含协议），印在标志的二维码里；不设则用打印人访问的地址",
    "Address (with its scheme) at which the public reaches this site, printed in the codes on signs; unset, the printer's own",
    default="",
)
DATABASE_URL = declare(
    "DATABASE_URL",
    "数据库地址（postgresql://…）；不设则用 scripts/run 建在 var/ 下的私有数据库",
    "Database address; unset, the private cluster that scripts/run keeps under var/ is used",
    default="",
    secret=True,
)
DATABASE = declare(
    "YUDI_DATABASE",
    "私有数据库集群中的库名，试用时可另起一个库",
    "Name of the database in the private cluster; another name gives a trial database",
    default="yudi",
)
STATE_DIR = declare(
    "YUDI_STATE_DIR",
    "存放上传文件、缓存与日志的文件夹；默认为安装目录下的 var/",
    "Folder for uploads, caches and logs; by default var/ in the checkout",
    default="",
)
STATIC_ROOT = declare(
    "YUDI_STATIC_ROOT",
    "collectstatic 收集静态文件的文件夹；默认为 var/static",
    "Folder that collectstatic fills; by default var/static",
    default="",
)
BASEMAP_URL = declare(
    "YUDI_BASEMAP_URL",
    "底图瓦片地址模板，例如天地图含密钥的地址；默认没有底图，不访问任何外部主机",
    "Tile address of a base map, for example Tianditu with its token; by default there is none and no other host is asked",
    default="",
)
BASEMAP_ATTRIBUTION = declare(
    "YUDI_BASEMAP_ATTRIBUTION",
    "底图的版权说明与审图号",
    "Attribution and map-review number of the base map",
    default="",
)
HTTPS = declare(
    "YUDI_HTTPS",
    "生产环境是否经由 HTTPS 访问（内网没有证书时设为 0，并自行承担风险）",
    "Whether production is served through HTTPS (0 on an intranet without certificates, at your own risk)",
    default="1",
    parse=as_bool,
)
PROXY_HEADER = declare(
    "YUDI_BEHIND_PROXY",
    "前面是否有设置 X-Forwarded-Proto 的反向代理",
    "Whether a reverse proxy that sets X-Forwarded-Proto stands in front",
    default="0",
    parse=as_bool,
)
UPLOAD_LIMIT = declare(
    "YUDI_UPLOAD_LIMIT_MB",
    "单个附件的大小上限（MB）",
    "Largest size of one attachment, in MB",
    default="50",
    parse=as_int,
)
UPLOAD_QUOTA = declare(
    "YUDI_UPLOAD_QUOTA_MB",
    "每人未传完（含存留待查）的大文件合计上限（MB）",
    "Most that one person may have under way in chunked uploads, files set aside included, in MB",
    default="4096",
    parse=as_int,
)
UPLOAD_EXPIRY = declare(
    "YUDI_UPLOAD_EXPIRY_DAYS",
    "没有传完的文件多少天没有动静就清除",
    "After how many days without a chunk an unfinished upload is cleared away",
    default="7",
    parse=as_int,
)
DEADLINE_SHIFT = declare(
    "YUDI_DEADLINE_SHIFT",
    "期限末日为休假日时是否顺延至下一工作日（民法典第二百零三条；默认不顺延，提前提示）",
    "Whether a period whose last day is a day off ends on the next working day (Civil Code art. 203); by default it does not, and "
    "the last working day before it is shown",
    default="0",
    parse=as_bool,
)
DEADLINE_WARN_DAYS = declare(
    "YUDI_DEADLINE_WARN_DAYS",
    "期限届满前多少日起列为“临近”",
    "How many days before its end a period counts as soon due",
    default="30",
    parse=as_int,
)
LINE_TOLERANCE = declare(
    "YUDI_LINE_TOLERANCE_M",
    "界线与区划边界相差多少米以内视为一致（BND-LIN-02；为本单位设定，法规未规定）",
    "Within how many metres a boundary line and the edge of a division count as the same (BND-LIN-02; the office's own choice, "
    "no law sets it)",
    default="5",
    parse=float,
)
MARKER_TOLERANCE = declare(
    "YUDI_MARKER_TOLERANCE_M",
    "实测的界桩位置与登记位置相差超过多少米提示疑似移位（BND-STK-05；为本单位设定，法规未规定；留空不作判断）",
    "Farther than how many metres from its registered position a measured marker is perhaps moved (BND-STK-05; the office's own "
    "choice, no law sets it; empty: not judged)",
    default="",
    parse=as_optional_float,
)
MARKER_PATTERNS = declare(
    "YUDI_MARKER_PATTERNS",
    '地级以下界线的界桩号格式（BND-STK-03），JSON：级别到正则表达式，例如 {"county": "[0-9]{3}"}；没有写的级别不核对',
    "Forms of marker numbers below the provincial level (BND-STK-03), as JSON from level to regular expression, for example "
    '{"county": "[0-9]{3}"}; levels left out are not checked',
    default="{}",
    parse=as_patterns,
)
PUBLISHER = declare(
    "YUDI_PUBLISHER",
    "地名文化档案与开放数据的发布单位，用于引用格式；留空则引用中不写责任者",
    "Who publishes the place-name archive and its open data, named in citations; empty: nobody is named",
    default="",
)
OPEN_DATA_LICENCE = declare(
    "YUDI_OPEN_DATA_LICENCE",
    "地名开放数据的许可，由本单位决定；留空则不提供下载",
    "Licence of the place-name open data, for the office to decide; empty: there is no download",
    default="",
)
OPEN_DATASETS = declare(
    "YUDI_OPEN_DATASETS",
    "可以随开放数据再发布的外来数据集标题，用分号分开；没有列出的数据集中的地名不进入下载",
    "Titles of data sets of others that may be redistributed with the open data, separated by semicolons; names from data sets "
    "that are not listed stay out of the download",
    default="",
)
SEARCHES_PER_MINUTE = declare(
    "YUDI_SEARCHES_PER_MINUTE",
    "未登录时每个网络地址每分钟最多检索多少次（各服务进程合计）；0 为不限",
    "Most searches a minute from one network address without logging in (all server processes together); 0: no limit",
    default="120",
    parse=as_int,
)
SUGGESTIONS_PER_DAY = declare(
    "YUDI_SUGGESTIONS_PER_DAY",
    "每天最多接收多少条读者建议（全站）；每个网络地址每小时最多 5 条",
    "Most suggestions of readers taken in a day, from everywhere; from one network address five an hour",
    default="300",
    parse=as_int,
)
LOG_LEVEL = declare(
    "YUDI_LOG_LEVEL",
    "日志级别：DEBUG、INFO、WARNING、ERROR",
    "Log level: DEBUG, INFO, WARNING or ERROR",
    default="INFO",
)
