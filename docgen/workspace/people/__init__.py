"""人员和单位: taken in from villages' lists, chosen by what a clerk types, gathered as facts for a paper."""
