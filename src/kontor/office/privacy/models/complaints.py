from django.db import models

from kontor.kernel.rows import OtherTenantReference, RowRules, TenantOwned


class Complaint(TenantOwned):
    """
    Somebody told us that a customer of ours wrote to them unasked.

    proof      what the customer's book of consents holds of the address: text, time, network address or paper, and that
               it was confirmed; empty while nothing proves it
    looked_at  when that was looked for last
    suspend_by the day on which the customer's account is suspended without proof, null once there is one
    closed_how what was done in the end
    """

    row_rules = RowRules(shared_with="customer_tenant")

    customer_tenant = OtherTenantReference()
    customer_name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    words = models.TextField()
    received_at = models.DateTimeField()
    proof = models.JSONField(default=list)
    looked_at = models.DateTimeField(null=True, blank=True)
    suspend_by = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    closed_how = models.TextField(blank=True)
