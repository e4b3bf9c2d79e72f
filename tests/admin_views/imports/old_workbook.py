"""A workbook as Excel of 2003 keeps it (BIFF8): a heading, a good row, which is hidden, and a bad one.

No library that the program uses writes .xls, so LibreOffice wrote this one; it is packed.
"""

import zlib
from base64 import b64decode

_PACKED = (
    "eNrtGG1oW1X03Jevly5t027Vmc4ap1s/N5LW2g7d2i6bbtq9aNutU+tcG9OtLktK2kH7ozNzDkQ2mOyHCgMZFBEEPxAUp2D7b4Jf"
    "f/ZDUWwngmMToigysX2ec97N62tIoemm+NEbzrv3nPt17vm65+aLz0umzr3tm4ascg/YYFZ3g9NCEwjuDOIFUCRtVtf1DFlfLv+q"
    "MiNr0qEd9edAIJ27EFSp2wJZL5f/XumABP6GwQ/bIY51EkYhn3ITWox1vcXMmV3kuMWW5f2Xvj/Fb4rjNoRc/k/xnvx/BYIHoRCh"
    "CKHYuAKgBKEUYSXCKoQytgmAmxFWI9yC4EMoR1iDcCtCBcJtko/bZU1wJ7bXIayXtCqsq5djz19a3Cpq0emADwo/IZWz7qfRIt6y"
    "T7JdXELogUGyjVBvLOL/u8pW5qFXEA8TaKSbsSXgLFKL4E2mfsjfzWx9WFrB3ywteq/Syryf4u9a/hYBzX+P53zFlCDa4dds5afZ"
    "CQS4RAh6IQYD0IdxcABH+OAC+dfTPIK8Q7RxD426vt7AvL3Rl4TGcTiBkbgTx8RhCFsheAAeZEoIKuweGCe/vD8ajyZ7Y1Psb+Pw"
    "q+63+PaEn+i0KNN/WRxdyZMO/zv6OMoul5xrjfHpbHr1AvS6Beg1C9DdOemODD/qHP2Mgj6aAp1qb8rGdUnKyXVpys71ypSL61Up"
    "h76ffeEEekY7BX2wCdAij7267yT6usDfpFARALpOCbgCj1LET3fwXs40RXYKCZkXgBUaYEWafPIjZE6FYwJvEHVCtOK3FSp+8hp3"
    "iIp3iYp3hPobmv4f8DLfKR5eVIiwTyvsSo+qIL49CtqWUV94Olx15DtNjGBva9++nt+7A92y2f6cT3OB+Ezzaee1vV2qfl5z6zYQ"
    "Y4/QMsjHpmBDU7CxvnFXWyAQaGoIBHc7QDjiH8fKO3zaj3swKnz/uE/DGeFumoGiCNY33NWIhLbOqYdrNB2vPw+cthvsRdQyhDkz"
    "KJO1QnekEUu982KpB2X0JMqOok8Jy8uLUtkQWnPl0t2+lieYnppTI6wjLUKdOIY9k/YanlHL32d4bOaOPc60Z/m73pz/Q0ulpV1l"
    "ttMt1Zb2OYyJbuQKWM8K7lYnVnucxyf3T7VkagG7sUeFMT42iOfVYnnSIq5sRkyjGKZ4ZbvOiHSimGnCQvNLmpI1boZzi4wYDUwg"
    "JkxMQUwxMRtiNhOzI2aXmOBVHCYmUOZOE6NVXCZGq5A0jiqE2XFkvexTeBW3idEqBSZmXUUxVzEw4oVypKvwEGk7vcPQdFqVXkGM"
    "FoMtHeDcyZ6uYro77c2RnylQwPNoDp1oi1IK7zqNSw7gXtYcZVLFUgsgbxg4gC51QLUuJDI5YcECuaDA7MpWYOSQXlUxYonRdR/l"
    "bLsGIsnEUKJ/2L99JBKN+Tc1bejq7YvGYlEW79aB/v7m68ldhRFEllxmdWD95lgXpk688vO18EHv6y+oUFv5zpck+5dkbiukNMl+"
    "dsg8t0fK6aDMd4dlTErJvPekzJUvzxg5LM1JDEbjg6MjMZB5LfUH5NqZkt1OpZKX3x/7RljbN/r8RFEufnrx7MZy75kX8fx1197Y"
    "Rt6XReuReXomenstZ2w3/Rz47qP+Ztnfank7kKzaBgf3RJNDA4n4fBmRfBs2BmG5/DPLjXz/s/1kxZBcc8imUjIgdePuSTiEGTfx"
    "cShv/ks5Lht2pufxrr7qysSJEO57GF84YeThqSXtb7O8wRczh3xppxmnwvgeiC5Zf3T35Pv+Xyvf6sat3QlH8PyH8c1But+JVtDP"
    "OiHKML5XEkhZuFTJ/R15yP8OhAvm/ttwhwjzEGULzI+f5iWcvxLhteX/f7j8Cf6BMtg="
)


def old_workbook() -> bytes:
    """Return the bytes of the .xls."""
    return zlib.decompress(b64decode(_PACKED))
