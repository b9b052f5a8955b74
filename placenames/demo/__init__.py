"""Roads, residential areas and signs of the demo county, made by code; everything is invented and marked 演示数据."""
