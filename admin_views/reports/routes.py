"""The routes of the yearly reports (Art. 14, 15) and of the change filings (Art. 15): two blueprints."""

from admin_views.reports import all_reports, annual_list, filing_list
from admin_views.reports.base_report import (
    carry_last_years,
    save_inspection_form,
    save_summary_form,
    send_situation,
    show_base_report,
)
from admin_views.reports.county_report import save_county_form, show_county_report
from admin_views.reports.filing_edit import accept, decide_title, edit, new, refuse
from admin_views.reports.filing_page import add_licence, add_proof, download_proof, remove_proof, show_filing
from admin_views.reports.reminder import export_reminder, show_reminder
from admin_views.reports.report_files import download_file, remove_file
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

annual_reports = blueprint_of(
    "annual_reports",
    "/admin/annual-reports",
    (
        Route("/", "index", annual_list.index, Permission.READ),
        Route("/export/xlsx/", "export", annual_list.export, Permission.EXPORT),
        Route("/all/", "all_reports", all_reports.index, Permission.READ),
        Route("/all/export/xlsx/", "all_reports_export", all_reports.export, Permission.EXPORT),
        Route("/views/save/", "save_view", all_reports.REPORT_LIST.save_view, Permission.READ, POST),
        Route("/views/delete/", "drop_view", all_reports.REPORT_LIST.drop_view, Permission.READ, POST),
        Route("/reminder/", "reminder", show_reminder, Permission.READ),
        Route("/reminder/export/xlsx/", "reminder_export", export_reminder, Permission.EXPORT),
        Route("/report/", "show", show_base_report, Permission.READ),
        Route("/report/summary/", "summary", save_summary_form, Permission.WRITE, POST),
        Route("/report/carry/", "carry", carry_last_years, Permission.WRITE, POST),
        Route("/report/situation/", "situation", send_situation, Permission.EXPORT),
        Route("/report/inspection/", "inspection", save_inspection_form, Permission.WRITE, POST),
        Route("/county/", "county", show_county_report, Permission.READ),
        Route("/county/save/", "keep_county", save_county_form, Permission.WRITE, POST),
        Route("/files/remove/", "remove_file", remove_file, Permission.WRITE, POST),
        Route("/file/", "file", download_file, Permission.READ),
    ),
)

change_filings = blueprint_of(
    "change_filings",
    "/admin/change-filings",
    (
        Route("/", "index", filing_list.index, Permission.READ),
        Route("/export/xlsx/", "export", filing_list.export, Permission.EXPORT),
        Route("/views/save/", "save_view", filing_list.FILING_LIST.save_view, Permission.READ, POST),
        Route("/views/delete/", "drop_view", filing_list.FILING_LIST.drop_view, Permission.READ, POST),
        Route("/details/", "show", show_filing, Permission.READ),
        Route("/new/", "new", new, Permission.WRITE, FORM),
        Route("/edit/", "edit", edit, Permission.WRITE, FORM),
        Route("/accept/", "accept", accept, Permission.DECIDE_APPLICATIONS, FORM),
        Route("/refuse/", "refuse", refuse, Permission.DECIDE_APPLICATIONS, FORM),
        Route("/title/", "decide_title", decide_title, Permission.DECIDE_APPLICATIONS, FORM),
        Route("/files/add/", "add_file", add_proof, Permission.WRITE, POST),
        Route("/licence/add/", "add_licence", add_licence, Permission.WRITE, POST),
        Route("/files/remove/", "remove_file", remove_proof, Permission.WRITE, POST),
        Route("/file/", "file", download_proof, Permission.READ),
    ),
)
